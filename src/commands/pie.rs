//! `jug pie`: values to a pie chart.

mod columns;
mod lines;
mod terminal;
#[cfg(test)]
mod tests;
mod values;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Context;
use super::shared::picture::Studio;
use crate::args::picture::Picture;
use crate::args::values as parsers;
use crate::args::words::format_names;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::format;
use crate::io::sink::FileOptions;
use crate::io::source::InputName;
use crate::pie::{self, Arrangement, Slices, Template};
use crate::render::Fault;
use crate::ui::Ui;
use crate::ui::results::Results;
use values::{Labelled, Reading, of_inputs, of_word};
use words::{
    Labels, Legend, Order, To, colors, gap, hole, named_colors, opaque_or_none, slice_color,
};

const EXAMPLES: &str = "\
Examples:
  A pie of three values
      jug pie ok=940 warn=41 err=19 --title Status -o status.png
  A log as a pie
      jug log 'count by status' access.log | jug pie -o status.svg
  A directory as a pie
      jug walk --type f --totals ext | jug pie --top 8 -o space.png
  How often is each word there?
      cut -d ' ' -f 9 access.log | jug pie --tally --top 6
  A ring, with the total in it
      jug pie -i sizes.tsv --hole 0.6 --center '{total}' -o sizes.png
  The same in a mail
      jug pie -i sizes.tsv --to bars";

/// Who draws more slices may have wanted fewer.
const MANY: usize = 500;
/// A smaller chart cannot be laid out, in pixels.
const SMALLEST: u32 = 100;

/// Draw a pie chart
///
/// VALUEs are label=value, or values alone. Without any, they are read from standard input or files: lines of a label, a tab
/// and a value; counts and labels as uniq -c, wc and du write them; TSV, CSV or NDJSON. Of those, the values are in the column
/// count or that of another aggregate, such as sum_bytes, else in value, size or bytes, else in the first one with numbers; the
/// labels are in the columns before it. So what jug log and jug walk --totals print can be piped in as it is. Equal labels are
/// added up; what is zero stands only in the legend; what is less is refused.
///
/// The first slice begins at twelve o'clock, and they go on clockwise in the order of the input. Slices are named where there
/// is room: in them, beside the pie, or in a legend, for which the picture grows unless its height is given.
///
/// On a terminal the chart is shown there; in a pipe it is a PNG.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Pie {
    /// Values, as label=value or alone
    #[arg(value_name = "VALUE", conflicts_with_all = ["input", "tally", "label", "value", "from"])]
    values: Vec<String>,

    /// A file to read values from, plain, gzip or zstd; may be given several times
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    input: Vec<OsString>,

    /// The format of the input
    #[arg(short, long, value_name = "FORMAT", default_value = "auto", value_parser = format_names(), help_heading = "Input")]
    from: String,

    /// The column of labels, by name or number, or several: path,status
    #[arg(long, value_name = "COLUMN", help_heading = "Input")]
    label: Option<String>,

    /// The column of values, by name or number
    #[arg(
        long,
        value_name = "COLUMN",
        conflicts_with = "tally",
        help_heading = "Input"
    )]
    value: Option<String>,

    /// Count how often each label is there
    #[arg(long, help_heading = "Input")]
    tally: bool,

    /// How slices are ordered
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "input",
        help_heading = "Slices"
    )]
    sort: Order,

    /// Keep the N largest; the others become one
    #[arg(long, value_name = "N", help_heading = "Slices")]
    top: Option<usize>,

    /// Slices with a smaller share become one, such as 2 or 2%
    #[arg(long, value_name = "PERCENT", value_parser = parsers::percent, help_heading = "Slices")]
    min_pct: Option<f64>,

    /// What that one is called
    #[arg(
        long,
        value_name = "NAME",
        default_value = "Other",
        help_heading = "Slices"
    )]
    other: String,

    /// Above the chart
    #[arg(long, value_name = "TEXT", help_heading = "Looks")]
    title: Option<String>,

    /// Below the title
    #[arg(long, value_name = "TEXT", help_heading = "Looks")]
    subtitle: Option<String>,

    /// What is said of a slice: {label}, {value}, {percent}, {total}
    #[arg(long, value_name = "TEMPLATE", value_parser = Template::parse, default_value = "{label} ({percent})", help_heading = "Looks")]
    format: Template,

    /// Digits of percents after the point
    #[arg(long, value_name = "N", default_value = "0", value_parser = clap::value_parser!(u8).range(0..=6), help_heading = "Looks")]
    digits: u8,

    /// Where slices are named
    #[arg(
        long,
        value_name = "WHERE",
        default_value = "auto",
        help_heading = "Looks"
    )]
    labels: Labels,

    /// Where the legend stands
    #[arg(
        long,
        value_name = "WHERE",
        default_value = "auto",
        help_heading = "Looks"
    )]
    legend: Legend,

    /// Leave a hole: its radius as a share of the pie's, up to 0.9
    #[arg(long, value_name = "SHARE", value_parser = hole, help_heading = "Looks")]
    hole: Option<f64>,

    /// What stands in the hole: {total} and text
    #[arg(long, value_name = "TEMPLATE", value_parser = Template::parse, requires = "hole", help_heading = "Looks")]
    center: Option<Template>,

    /// Degrees between two slices
    #[arg(long, value_name = "DEGREES", value_parser = gap, default_value = "0", hide_default_value = true, help_heading = "Looks")]
    gap: f64,

    /// Colours: a palette, or a list such as #0072b2,#e69f00
    #[arg(long, value_name = "PALETTE", value_parser = colors(), default_value = "okabe-ito", help_heading = "Looks")]
    palette: String,

    /// The colour of a slice; may be given several times
    #[arg(long, value_name = "LABEL=COLOR", help_heading = "Looks")]
    slice_color: Vec<String>,

    #[command(flatten)]
    picture: Picture,

    /// Write this format [default: png; on a terminal the picture]
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    to: Option<To>,

    /// Write to a file, whole or not at all; its ending picks the format
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    output: Option<PathBuf>,

    /// Leave the output file untouched if it would not change
    #[arg(long, requires = "output", help_heading = "Output")]
    if_changed: bool,
}

/// What the arguments mean.
struct Intent {
    source: Source,
    arrangement: Arrangement,
    options: pie::Options,
    to: Option<To>,
    output: Option<PathBuf>,
}

/// Where values come from.
enum Source {
    Words(Vec<Labelled>),
    Inputs(Vec<InputName>, Reading),
}

impl Pie {
    /// What the arguments mean. Touches no file.
    fn plan(&self) -> Result<Intent> {
        let source = if self.values.is_empty() {
            let named = self.input.iter().cloned().map(InputName::from_arg);
            let mut names: Vec<InputName> = named.collect();
            if names.is_empty() {
                names.push(InputName::Stdin);
            }
            let reading = Reading {
                from: format::find(&self.from),
                label: self.label.clone(),
                value: self.value.clone(),
                tally: self.tally,
            };
            Source::Inputs(names, reading)
        } else {
            let words = self.values.iter().enumerate();
            let values = words.map(|(index, word)| of_word(word, index + 1));
            Source::Words(values.collect::<Result<_>>()?)
        };
        let colored = self.slice_color.iter().map(|word| slice_color(word));
        let arrangement = Arrangement {
            sort: self.sort.into(),
            top: self.top,
            min_share: self.min_pct.unwrap_or(0.0),
            other: self.other.clone(),
            colors: named_colors(&self.palette)?,
            colored: colored.collect::<Result<_>>()?,
        };
        let width = self.picture.width.unwrap_or(640);
        if width < SMALLEST || self.picture.height.is_some_and(|height| height < SMALLEST) {
            let message = format!("a chart is at least {SMALLEST} pixels wide and high");
            return Err(Error::usage(message).hint("to make it smaller, --scale 0.5"));
        }
        let options = pie::Options {
            width,
            height: self.picture.height,
            title: self.title.clone(),
            subtitle: self.subtitle.clone(),
            hole: self.hole.unwrap_or(0.0),
            center: self.center.clone(),
            gap: self.gap,
            labels: self.labels.into(),
            legend: self.legend.into(),
            format: self.format.clone(),
            digits: self.digits.into(),
            background: opaque_or_none(self.picture.background)?,
        };
        Ok(Intent {
            source,
            arrangement,
            options,
            to: self.asked()?,
            output: self.output.clone().filter(|path| path.as_os_str() != "-"),
        })
    }

    /// The format that was asked for: by name, by the file's ending, or not at all.
    fn asked(&self) -> Result<Option<To>> {
        let Some(output) = self.output.as_ref().filter(|path| path.as_os_str() != "-") else {
            return Ok(self.to);
        };
        let shown = output.display();
        match (self.to, output.extension().map(To::by_ending)) {
            (Some(To::Terminal), _) => Err(Error::usage(
                "--to terminal shows the picture, and writes no file",
            )),
            (Some(to), Some(Some(by_ending))) if to != by_ending => {
                let message = format!("{shown} says {by_ending}, --to says {to}");
                Err(Error::usage(message).hint("give the file another ending, or leave out --to"))
            }
            (None, Some(None)) => {
                let message = format!("{shown}: a chart is written as png, svg or txt");
                Err(Error::usage(message).hint("give the file such an ending, or say --to png"))
            }
            (to, by_ending) => Ok(to.or(by_ending.flatten())),
        }
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let ui = &context.ui;
        let intent = self.plan()?;
        let values = intent.values(ui)?;
        let slices = Slices::new(values, &intent.arrangement)
            .map_err(|fault| Error::input(fault.to_string()))?;
        let is_shown = intent.output.is_none() && ui.stdout_is_terminal();
        if matches!(intent.to, Some(To::Svg | To::Png) | None) && !is_shown {
            warn_of_nameless(&slices, &intent.options, ui);
        }
        match intent.to {
            Some(To::Bars) => intent.write(
                bars(&slices, &intent, is_shown, ui).as_bytes(),
                is_shown,
                self.if_changed,
            ),
            Some(To::Svg) => intent.write(
                pie::chart(&slices, &intent.options).as_bytes(),
                is_shown,
                self.if_changed,
            ),
            Some(To::Png) if is_shown => {
                Err(Error::usage("a PNG does not go to a terminal")
                    .hint("write it to a file: -o FILE"))
            }
            Some(To::Terminal) => self.show(&slices, &intent, ui),
            None if is_shown => self.show(&slices, &intent, ui),
            Some(To::Png) | None => {
                let studio = self.studio(ui)?;
                let svg = pie::chart(&slices, &intent.options);
                let png = studio
                    .png("the chart", svg.as_bytes())
                    .map_err(|fault| undrawn(&fault, &slices))?;
                match png {
                    Some(png) => intent.write(&png, false, self.if_changed),
                    None => Ok(Exit::No),
                }
            }
        }
    }

    /// Shows the picture on the terminal; bars where it shows no colours.
    fn show(&self, slices: &Slices, intent: &Intent, ui: &Ui) -> Result<Exit> {
        let shown = terminal::shown(slices, &intent.options, &self.studio(ui)?, ui);
        let shown = shown.map_err(|fault| undrawn(&fault, slices))?;
        let text = shown.unwrap_or_else(|| bars(slices, intent, true, ui));
        let mut out = Results::open(None, FileOptions::default())?;
        out.put_own(text.as_bytes())?;
        out.close()?;
        Ok(Exit::Done)
    }

    fn studio<'u>(&self, ui: &'u Ui) -> Result<Studio<'u>> {
        // The layout has the size and the background in it already.
        let mut options = self.picture.options();
        (options.width, options.height, options.background) = (None, None, None);
        Studio::new(&self.picture, options, ui)
    }
}

fn warn_of_nameless(slices: &Slices, options: &pie::Options, ui: &Ui) {
    let nameless = pie::nameless(slices, options);
    if nameless > 0 {
        let all = slices.slices.len();
        ui.warn(&format!(
            "{nameless} of {all} slices have no name in the picture: there is no room for it"
        ));
        ui.hint("allow a legend, or put the smallest together: --top 20");
    }
}

fn bars(slices: &Slices, intent: &Intent, is_shown: bool, ui: &Ui) -> String {
    let columns = if is_shown { ui.width() } else { 80 };
    pie::bars(slices, &intent.options, columns)
}

/// Why there is no picture.
fn undrawn(fault: &Fault, slices: &Slices) -> Error {
    let error = Error::input(format!("the chart: {fault}"));
    if slices.slices.len() > MANY {
        return error.hint("to keep the largest slices and put the others together: --top 20");
    }
    error
}

impl Intent {
    fn values(&self, ui: &Ui) -> Result<Vec<Labelled>> {
        match &self.source {
            Source::Words(values) => Ok(values.clone()),
            Source::Inputs(names, reading) => of_inputs(names, self.output.as_deref(), reading, ui),
        }
    }

    fn write(&self, bytes: &[u8], is_shown: bool, if_changed: bool) -> Result<Exit> {
        let mut out = Results::open(self.output.as_deref(), FileOptions { if_changed })?;
        if is_shown {
            out.put(bytes)?;
        } else {
            out.put_own(bytes)?;
        }
        out.close()?;
        Ok(Exit::Done)
    }
}
