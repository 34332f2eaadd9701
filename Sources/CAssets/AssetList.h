// The one list of assets: a path from the repository's root, without quotes, and the include that
// bakes it in, sorted by path. Every `stdlib/**.lua` but the tests stands here, and the page;
// `AssetTests` compares this list and its bytes with the folders.

#define ASSET Sources/Server/Page/page.html
#include "EmbedAsset.h"

#define ASSET stdlib/addon.lua
#include "EmbedAsset.h"

#define ASSET stdlib/branches.lua
#include "EmbedAsset.h"

#define ASSET stdlib/failover.lua
#include "EmbedAsset.h"

#define ASSET stdlib/meta/muster.lua
#include "EmbedAsset.h"

#define ASSET stdlib/network.lua
#include "EmbedAsset.h"

#define ASSET stdlib/office.lua
#include "EmbedAsset.h"

#define ASSET stdlib/prelude.lua
#include "EmbedAsset.h"

#define ASSET stdlib/wait.lua
#include "EmbedAsset.h"
