"""A disk as those of Windows and macOS: it takes names that differ in case, or in the Unicode normal
form, for one. It keeps the case in which a name was made, and spells it in normal form D, as HFS+ did.

    python3 folding_disk.py FOLDER MOUNTPOINT

What it holds is in FOLDER. It runs until it is unmounted.
"""

import errno
import os
import sys
import unicodedata

from fusepy import FUSE, FuseOSError, Operations

STATUS = ("st_atime", "st_ctime", "st_gid", "st_ino", "st_mode", "st_mtime", "st_nlink", "st_size",
          "st_uid")


def folded(name):
    return unicodedata.normalize("NFD", name).casefold()


class FoldingDisk(Operations):
    def __init__(self, root):
        self.root = root

    def real(self, path):
        """Where what is called `path` is kept, or would be."""
        place = self.root
        for segment in path.strip("/").split("/"):
            names = os.listdir(place) if os.path.isdir(place) else []
            here = [name for name in names if folded(name) == folded(segment)]
            place = os.path.join(place, here[0] if here else unicodedata.normalize("NFD", segment))
        return place.rstrip("/")

    def __call__(self, op, path, *args):
        try:
            return super().__call__(op, path, *args)
        except OSError as error:
            raise FuseOSError(error.errno) from error

    def getattr(self, path, fh=None):
        status = os.lstat(self.real(path))
        return {key: getattr(status, key) for key in STATUS}

    def readdir(self, path, fh):
        return [".", "..", *os.listdir(self.real(path))]

    def open(self, path, flags):
        return os.open(self.real(path), flags)

    def create(self, path, mode, fi=None):
        return os.open(self.real(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(self.real(path), length)

    def release(self, path, fh):
        os.close(fh)

    def fsync(self, path, datasync, fh):
        os.fsync(fh)

    def mkdir(self, path, mode):
        os.mkdir(self.real(path), mode)

    def rmdir(self, path):
        os.rmdir(self.real(path))

    def unlink(self, path):
        os.unlink(self.real(path))

    def rename(self, old, new):
        os.rename(self.real(old), self.real(new))

    def link(self, target, source):
        raise FuseOSError(errno.EPERM)  # As on memory sticks.

    def symlink(self, target, source):
        raise FuseOSError(errno.EPERM)

    def chmod(self, path, mode):
        os.chmod(self.real(path), mode)

    def utimens(self, path, times=None):
        os.utime(self.real(path), times)

    def statfs(self, path):
        status = os.statvfs(self.root)
        return {key: getattr(status, key) for key in ("f_bavail", "f_bfree", "f_blocks", "f_bsize",
                                                       "f_frsize", "f_namemax")}


if __name__ == "__main__":
    FUSE(FoldingDisk(sys.argv[1]), sys.argv[2], foreground=True, use_ino=True, direct_io=True,
         entry_timeout=0, attr_timeout=0, negative_timeout=0)
