/* Loaded before the C library: of everything that is written to a file, only a part is, as a kernel
 * may do it at any time. Whoever writes has to go on with the rest. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Half of it, where it goes to a file and is more than one byte. */
static size_t part_of(int file, size_t count)
{
    struct stat found;
    if (count < 2 || fstat(file, &found) != 0 || !S_ISREG(found.st_mode))
        return count;
    return count / 2;
}

ssize_t write(int file, const void* bytes, size_t count)
{
    static ssize_t (*real)(int, const void*, size_t);
    if (!real)
        *(void**)&real = dlsym(RTLD_NEXT, "write");
    return real(file, bytes, part_of(file, count));
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t at)
{
    static ssize_t (*real)(int, const void*, size_t, off_t);
    if (!real)
        *(void**)&real = dlsym(RTLD_NEXT, "pwrite");
    return real(file, bytes, part_of(file, count), at);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at)
{
    return pwrite(file, bytes, count, at);
}
