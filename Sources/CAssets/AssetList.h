// The one list of assets: a path from the repository's root, without quotes, and the include that
// bakes it in, sorted by path. Every `stdlib/**.lua` but the tests stands here; `AssetTests`
// compares this list and its bytes with the folders.

