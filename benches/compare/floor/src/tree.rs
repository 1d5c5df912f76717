//! `floor tree wide|deep DIR`: 400 000 files to walk through, the same names, sizes and times for the same seed.
//!
//! - `wide`: a dozen directories with two dozen each, which have all the files: about 700 to 2 100 each;
//! - `deep`: 40 000 directories with ten files each on average, up to twelve levels below the root. Each directory was put into
//!   one chosen at random among those before it, so half of them have no directory in them, and a few have dozens.
//!
//! Files are as long as they say and have nothing in them (they are sparse), so a tree needs inodes and little else: the deep
//! one 170 MB for its directories. Names are ASCII, some with blanks, hidden, or without an extension, and directories have
//! no dots but in front: what programs make of other names is not a matter of speed. Sizes of directories are what the file
//! system gives them. Everything is made in the order of the plan, not by name, so that sorting has something to do.

use crate::generate::random::{Choice, Random};
use crate::generate::{SEED, START};
use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

const FILES: usize = 400_000;
const WIDE: (usize, usize) = (12, 24);
const DEEP: usize = 40_000;
/// Levels of directories below the root of the deep tree.
const LEVELS: usize = 12;
/// Times reach back ten years from the time of the logs.
const AGES: usize = 10 * 365 * 86_400;

const WORDS: [&str; 32] = [
    "access", "archive", "assets", "backup", "billing", "build", "cache", "client", "common",
    "config", "core", "customer", "docs", "events", "export", "fixtures", "helper", "images",
    "index", "invoice", "layout", "locale", "module", "parser", "report", "schema", "server",
    "session", "style", "test", "util", "vendor",
];
const EXTENSIONS: [(&str, usize); 24] = [
    ("js", 180),
    ("ts", 110),
    ("json", 90),
    ("py", 80),
    ("md", 60),
    ("c", 55),
    ("h", 70),
    ("rs", 50),
    ("html", 45),
    ("css", 35),
    ("png", 60),
    ("jpg", 70),
    ("svg", 30),
    ("log", 40),
    ("gz", 25),
    ("txt", 50),
    ("xml", 30),
    ("yaml", 30),
    ("so", 15),
    ("map", 25),
    ("o", 40),
    ("pyc", 50),
    ("csv", 20),
    ("sql", 10),
];

/// A directory to be: how many files it has, and the directories in it by their places in the plan.
struct Planned {
    level: usize,
    files: usize,
    children: Vec<usize>,
}

/// Makes the tree. The directory must not exist yet.
pub fn run(shape: &str, root: &str) -> io::Result<()> {
    let mut random = Random::new(SEED);
    let plan = match shape {
        "wide" => wide(&mut random),
        "deep" => deep(&mut random),
        _ => return Err(io::Error::other(crate::USAGE)),
    };
    let extensions = Choice::weighted(&EXTENSIONS.map(|(_, weight)| weight));
    make(&plan, 0, Path::new(root), &extensions, &mut random)
}

fn wide(random: &mut Random) -> Vec<Planned> {
    let (areas, leaves) = WIDE;
    let mut plan = vec![Planned::new(0)];
    for _ in 0..areas {
        let area = add(&mut plan, 0);
        for _ in 0..leaves {
            add(&mut plan, area);
        }
    }
    let average = FILES / (areas * leaves);
    share_out(&mut plan, random, |planned, random| {
        if planned.level == 2 {
            average / 2 + random.below(average + 1)
        } else {
            0
        }
    });
    plan
}

fn deep(random: &mut Random) -> Vec<Planned> {
    let mut plan = vec![Planned::new(0)];
    while plan.len() <= DEEP {
        let parent = random.below(plan.len());
        if plan[parent].level < LEVELS {
            add(&mut plan, parent);
        }
    }
    share_out(&mut plan, random, |_, random| 1 + random.below(19));
    plan
}

impl Planned {
    fn new(level: usize) -> Self {
        Self {
            level,
            files: 0,
            children: Vec::new(),
        }
    }
}

fn add(plan: &mut Vec<Planned>, parent: usize) -> usize {
    let child = plan.len();
    plan[parent].children.push(child);
    plan.push(Planned::new(plan[parent].level + 1));
    child
}

/// Gives each directory as many files as it wants, if any, then single ones by chance, or takes them, until it is all of them.
fn share_out(
    plan: &mut [Planned],
    random: &mut Random,
    wanted: impl Fn(&Planned, &mut Random) -> usize,
) {
    for planned in &mut *plan {
        planned.files = wanted(planned, random);
    }
    let mut total: usize = plan.iter().map(|planned| planned.files).sum();
    while total != FILES {
        let place = random.below(plan.len());
        let planned = &mut plan[place];
        if planned.files > 1 && total > FILES {
            planned.files -= 1;
            total -= 1;
        } else if planned.files > 0 && total < FILES {
            planned.files += 1;
            total += 1;
        }
    }
}

fn make(
    plan: &[Planned],
    place: usize,
    path: &Path,
    extensions: &Choice,
    random: &mut Random,
) -> io::Result<()> {
    let said = |error: io::Error| io::Error::other(format!("{}: {error}", path.display()));
    fs::create_dir(path).map_err(said)?;
    for number in 0..plan[place].files {
        let file =
            File::create_new(path.join(file_name(number, extensions, random))).map_err(said)?;
        file.set_len(length(random)).map_err(said)?;
        file.set_times(times(random)).map_err(said)?;
    }
    for (number, &child) in plan[place].children.iter().enumerate() {
        let inside: PathBuf = path.join(directory_name(number, random));
        make(plan, child, &inside, extensions, random)?;
    }
    File::open(path)
        .and_then(|directory| directory.set_times(times(random)))
        .map_err(said)
}

/// A name that no other file of the directory has, as the number is in it.
fn file_name(number: usize, extensions: &Choice, random: &mut Random) -> String {
    let (word, other) = (random.pick(&WORDS), random.pick(&WORDS));
    let extension = EXTENSIONS[extensions.draw(random)].0;
    match random.below(100) {
        0..50 => format!("{word}_{other}{number}.{extension}"),
        50..65 => format!("{word}-{:08x}-{number}.{extension}", random.bits() as u32),
        65..80 => format!("IMG_{number:05}.{extension}"),
        80..88 => format!("{word} {other} ({number}).{extension}"),
        88..94 => format!("{word}{number}.min.{extension}"),
        94..97 => format!(".{word}{number}"),
        _ => format!("{}{number}", word.to_uppercase()),
    }
}

fn directory_name(number: usize, random: &mut Random) -> String {
    let word = random.pick(&WORDS);
    match random.below(20) {
        0 => format!(".{word}-{number}"),
        1..4 => format!("{word} {number}"),
        _ => format!("{word}-{number}"),
    }
}

/// Evenly below a limit that grows fourfold, each time half as likely: from 64 bytes to 64 MiB. One in fifty is empty.
fn length(random: &mut Random) -> u64 {
    let doublings = 2 * random.bits().trailing_zeros().min(10);
    let length = random.below(64 << doublings) as u64;
    if random.chance(1, 50) { 0 } else { length }
}

fn times(random: &mut Random) -> FileTimes {
    let seconds = START - random.below(AGES) as u64;
    let nanoseconds = random.below(1_000_000_000) as u32;
    FileTimes::new().set_modified(UNIX_EPOCH + Duration::new(seconds, nanoseconds))
}
