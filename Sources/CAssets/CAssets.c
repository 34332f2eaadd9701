// The table of baked-in files. Nothing is listed here: `AssetList.h` is the list.
#include "CAssets.h"

static const struct MusterAsset assets[] = {
#include "AssetList.h"
    // C has no array of nothing: the table ends with an entry that is not counted.
    {.name = "", .bytes = (const unsigned char[]){0}, .length = 0},
};

size_t muster_asset_count(void) { return sizeof assets / sizeof *assets - 1; }

const struct MusterAsset *muster_asset_at(size_t index) {
    if (index >= muster_asset_count()) __builtin_trap();
    return &assets[index];
}
