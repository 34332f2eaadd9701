// One entry of the table: the file that `ASSET` names, as name, bytes and length. Included once for
// each line of `AssetList.h`, so it has no guard and leaves no macro behind.

#define QUOTED_(text) #text
#define QUOTED(text) QUOTED_(text)
#define FROM_HERE(path) QUOTED_(../../path)
#define EMBEDDED(path) FROM_HERE(path)

{
    .name = QUOTED(ASSET),
    .bytes = (const unsigned char[]){
#embed EMBEDDED(ASSET) suffix(,)
        0},
    .length = sizeof(const unsigned char[]){
#embed EMBEDDED(ASSET) suffix(,)
        0} - 1,
},

#undef EMBEDDED
#undef FROM_HERE
#undef QUOTED
#undef QUOTED_
#undef ASSET
