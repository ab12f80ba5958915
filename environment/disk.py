"""How full a disk is, where that is the reason why something failed or will fail: settings has the same for the shell."""
import shutil

NEARLY_FULL = 200 * 2 ** 20


def free(folder):
    """Free bytes on the disk of a folder, which need not be there yet; None where the system does not say."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def nearly_full(folder):
    """A sentence to end another one with, or nothing where there is room: what a full disk cost may be what a log lacks."""
    left = free(folder)
    return "" if left is None or left >= NEARLY_FULL else f" Only {left >> 20} MB of disk are free where {folder} lies: make room first."


def lacks_room(what, needed, folder):
    """The sentence for a download of so many bytes that the disk has no room for, or nothing."""
    left = free(folder)
    return "" if left is None or left >= needed else f"{what} needs {size(needed)} of free disk, and there are {size(left)} free where {folder} lies."


def size(count):
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e3:.0f} KB"
