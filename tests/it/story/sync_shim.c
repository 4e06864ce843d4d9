/* Put before the C library by LD_PRELOAD: a disk that does not sync.
 *
 * SYNC_FAILS=path  from when the file exists, each sync fails with EIO and adds an octet to the file.
 * SYNC_LIES=1      no sync is done, and each is said to have succeeded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int sync_or_not(long call, int fd)
{
    const char *fails = getenv("SYNC_FAILS");
    int note = fails ? open(fails, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (note >= 0) {
        (void)!write(note, "x", 1);
        close(note);
        errno = EIO;
        return -1;
    }
    return getenv("SYNC_LIES") ? 0 : (int)syscall(call, fd);
}

int fsync(int fd) { return sync_or_not(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_or_not(SYS_fdatasync, fd); }
