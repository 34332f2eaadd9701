// libxxhash: the hash of a block.
#include <xxhash.h>
