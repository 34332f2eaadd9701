// libzstd: the compression of a record.
#include <zstd.h>
