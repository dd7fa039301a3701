//! The files whose saves are watched: by the kernel's events, or by looking.
//!
//! Editors save by writing a file in place, or by writing another and renaming it. So it is the
//! folder that is watched, for a file in it that was closed after writing or moved to its name: both
//! say that the save is done, and nobody has to guess how long one takes. See `inotify(7)`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// How often files are looked at where no events come.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// File systems on which others may write of whom this kernel does not know: NFS, SMB (three kinds),
/// FUSE, 9P, Ceph, AFS, and VirtualBox's shared folders. See `statfs(2)`.
const SHARED: [u32; 9] = [
    0x6969,
    0x517b,
    0xff53_4d42,
    0xfe53_4d42,
    0x6573_5546,
    0x0102_1997,
    0x00c3_6400,
    0x5346_414f,
    0x786f_4256,
];

/// Some files, and how their saves are seen.
#[derive(Debug)]
pub(super) struct Files {
    paths: Vec<PathBuf>,
    seen: Seen,
}

#[derive(Debug)]
enum Seen {
    Events(Events),
    /// What each file was at the last look, and why no events come.
    Looks(Vec<Option<Stamp>>, String),
}

/// What changes when a file is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: (i64, i64),
    size: u64,
    inode: u64,
}

impl Files {
    /// Watches files from now on. If `look` says so, by looking.
    pub(super) fn watch(paths: Vec<PathBuf>, look: bool) -> Files {
        let events = if look { Err("as --poll says".into()) } else { Events::of(&paths) };
        let seen = match events {
            Ok(events) => Seen::Events(events),
            Err(why) => Seen::Looks(stamps(&paths), why),
        };
        Files { paths, seen }
    }

    /// Why files are looked at every half second, where they are.
    pub(super) fn trouble(&self) -> Option<String> {
        match &self.seen {
            Seen::Events(_) => None,
            Seen::Looks(_, why) => Some(format!("saves are looked for every half second: {why}")),
        }
    }

    /// True if a file was saved since the last call. Never waits.
    pub(super) fn were_saved(&mut self) -> bool {
        match &mut self.seen {
            Seen::Events(events) => match events.hear() {
                Ok(saved) => saved,
                Err(why) => {
                    self.seen = Seen::Looks(stamps(&self.paths), why);
                    // What came to an end with the events may have been a save.
                    true
                }
            },
            Seen::Looks(before, _) => {
                let now = stamps(&self.paths);
                // A file that is gone is one that is just being saved, or nothing to check.
                let saved =
                    now.iter().zip(&*before).any(|(now, before)| now.is_some() && now != before);
                for (before, now) in before.iter_mut().zip(now) {
                    *before = now.or(*before);
                }
                saved
            }
        }
    }

    /// What to poll for input, where events come.
    pub(super) fn source(&self) -> Option<BorrowedFd<'_>> {
        match &self.seen {
            Seen::Events(events) => Some(events.inotify.as_fd()),
            Seen::Looks(..) => None,
        }
    }

    /// When to ask again, where no events come.
    pub(super) fn look_after(&self) -> Option<Duration> {
        self.source().is_none().then_some(LOOK_EVERY)
    }
}

fn stamps(paths: &[PathBuf]) -> Vec<Option<Stamp>> {
    let stamp = |path: &PathBuf| {
        let file = fs::metadata(path).ok()?;
        let modified = (file.mtime(), file.mtime_nsec());
        Some(Stamp { modified, size: file.size(), inode: file.ino() })
    };
    paths.iter().map(stamp).collect()
}

/// The kernel's events in the files' folders.
#[derive(Debug)]
struct Events {
    inotify: OwnedFd,
    /// The folders, by the numbers that the kernel gave them, and the files in them that matter.
    names: Vec<(i32, OsString)>,
}

impl Events {
    /// Asks for events; says why there are none.
    fn of(paths: &[PathBuf]) -> Result<Events, String> {
        let flags = CreateFlags::NONBLOCK | CreateFlags::CLOEXEC;
        let inotify = inotify::init(flags).map_err(|error| format!("no inotify: {error}"))?;
        let mut names = Vec::new();
        for path in paths {
            names.push(add(&inotify, path)?);
            // A symbolic link may be saved, or what it leads to.
            if let Ok(target) = fs::canonicalize(path) {
                names.push(add(&inotify, &target)?);
            }
        }
        Ok(Events { inotify, names })
    }

    /// True if a file was saved; an error says why there will be no more events.
    fn hear(&mut self) -> Result<bool, String> {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.inotify, &mut buffer);
        let mut saved = false;
        loop {
            let event = match reader.next() {
                Ok(event) => event,
                Err(Errno::AGAIN) => return Ok(saved),
                Err(Errno::INTR) => continue,
                Err(error) => return Err(format!("no inotify: {error}")),
            };
            let over = ReadFlags::IGNORED | ReadFlags::MOVE_SELF | ReadFlags::UNMOUNT;
            if event.events().intersects(over) {
                return Err("the folder was moved or removed".into());
            }
            let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
            // Where events were lost, a save may be among them.
            saved |= event.events().contains(ReadFlags::QUEUE_OVERFLOW)
                || self.names.iter().any(|(wd, it)| *wd == event.wd() && Some(&**it) == name);
        }
    }
}

/// Adds a file's folder to those that are watched.
fn add(inotify: &OwnedFd, path: &Path) -> Result<(i32, OsString), String> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let of_folder = |error| format!("{}: {error}", folder.display());
    let kind = rustix::fs::statfs(folder).map_err(of_folder)?.f_type as u32;
    if SHARED.contains(&kind) {
        return Err("this file system may send no events".into());
    }
    let saves = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::MOVE_SELF;
    let wd = inotify::add_watch(inotify, folder, saves | WatchFlags::ONLYDIR).map_err(|error| {
        match error {
            Errno::NOSPC => "this user's inotify watches are used up".into(),
            error => of_folder(error),
        }
    })?;
    Ok((wd, path.file_name().unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is seen of each way to save, and of what is no save, by events and by looks.
    #[test]
    fn saves_are_seen_and_nothing_else() {
        for look in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            fs::write(path("main.rs"), "1").unwrap();
            let mut files = Files::watch(vec![path("main.rs")], look);
            assert_eq!(files.trouble().is_some(), look, "{:?}", files.trouble());
            assert!(!files.were_saved());

            fs::write(path("main.rs"), "12").unwrap();
            assert!(files.were_saved() && !files.were_saved(), "in place, look {look}");
            fs::write(path("main.rs.new"), "123").unwrap();
            assert!(!files.were_saved(), "another file, look {look}");
            fs::rename(path("main.rs.new"), path("main.rs")).unwrap();
            assert!(files.were_saved() && !files.were_saved(), "by rename, look {look}");
            fs::rename(path("main.rs"), path("main.rs~")).unwrap();
            assert!(!files.were_saved(), "moved away, look {look}");
            fs::write(path("main.rs"), "1234").unwrap();
            assert!(files.were_saved() && !files.were_saved(), "written anew, look {look}");
        }
    }

    #[test]
    fn a_link_and_what_it_leads_to_are_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("sub/target"));
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(&target, "1").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let mut files = Files::watch(vec![link], false);
        fs::write(&target, "12").unwrap();
        assert!(files.were_saved());
    }

    #[test]
    fn a_folder_that_goes_away_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let (sub, moved) = (folder.path().join("src"), folder.path().join("src.old"));
        fs::create_dir(&sub).unwrap();
        fs::write(sub.join("main.rs"), "1").unwrap();
        let mut files = Files::watch(vec![sub.join("main.rs")], false);
        fs::rename(&sub, &moved).unwrap();
        assert!(files.were_saved() && files.trouble().is_some());
        fs::create_dir(&sub).unwrap();
        fs::write(sub.join("main.rs"), "12").unwrap();
        assert!(files.were_saved() && !files.were_saved());
    }
}
