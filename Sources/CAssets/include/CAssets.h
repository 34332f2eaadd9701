// The files the program carries inside itself, so that one binary is all a machine needs: the Lua
// standard library, its descriptions for editors, and the web page.
#pragma once

#include <stddef.h>

#pragma clang assume_nonnull begin

/// A file of the repository as it was when the program was built.
struct MusterAsset {
    /// The path from the repository's root, `stdlib/wait.lua`; ends with a zero.
    const char *name;
    /// The content, followed by a zero that `length` does not count.
    const unsigned char *bytes;
    /// The size of the content in bytes.
    size_t length;
};

/// How many assets there are.
size_t muster_asset_count(void);

/// The asset at `index`, in the order of `AssetList.h`; `index` is below `muster_asset_count()`, or
/// the process stops.
const struct MusterAsset *muster_asset_at(size_t index);

#pragma clang assume_nonnull end
