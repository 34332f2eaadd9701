// Calls and constants of Linux which glibc shows only under _GNU_SOURCE; Swift's Glibc module is
// built without it, and a macro defined here cannot change a module. The values are the kernel's,
// for ever.
#pragma once
#include <sys/types.h>

ssize_t copy_file_range(int source, off_t *source_offset, int target, off_t *target_offset,
                        size_t length, unsigned int flags);
int fallocate(int file, int mode, off_t offset, off_t length);

static const int LINUX_OFD_GETLK = 36;
static const int LINUX_OFD_SETLK = 37;
static const int LINUX_OFD_SETLKW = 38;
static const int LINUX_SEEK_DATA = 3;
static const int LINUX_SEEK_HOLE = 4;
static const unsigned long LINUX_FICLONE = 0x40049409;
