//! `jug pie`: draw a pie chart from values.

mod columns;
mod flags;
mod inputs;
mod lines;
mod terminal;
#[cfg(test)]
mod tests;
mod values;

use std::ffi::OsString;

use clap::{Args, ValueHint};

use super::context::Context;
use super::shared::ending::Ending;
use super::shared::image::Renderer;
use super::shared::inputs::refuse_overwriting;
use crate::args::common::From;
use crate::args::image::ImageArgs;
use crate::args::output_file::OutputFile;
use crate::args::values as parsers;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::io::sink::Durability;
use crate::io::source::InputName;
use crate::pie::{self, Arrangement, Slices, Template};
use crate::render::RenderError;
use crate::ui::Ui;
use crate::ui::results::Results;
use flags::{LabelFlag, LegendFlag, Order, OutputFormat};
use inputs::read_inputs;
use values::{LabelledValue, ReadOptions, parse_argument};

const EXAMPLES: &str = "\
Examples:
  Draw three values
      jug pie ok=940 warn=41 err=19 --title Status -o status.png
  Count a log by status
      jug log 'count by status' access.log | jug pie -o status.svg
  Which file types use the most space?
      jug walk --type f --totals ext | jug pie --top 8 -o space.png
  Count how often each line occurs
      cut -d ' ' -f 9 access.log | jug pie --tally --top 6
  Draw a ring with the total in the hole
      jug pie -i sizes.tsv --hole 0.6 --center '{total}' -o sizes.png
  Print bars of text, for example in a mail
      jug pie -i sizes.tsv --to bars";

/// With more slices, an error suggests to combine some.
const MANY: usize = 500;
/// The least width and height of a chart, in pixels.
const MIN_SIDE: u32 = 100;

/// Draw a pie chart
///
/// A VALUE is label=value, or a value alone. Without VALUEs, values are read from files or standard input, in one of these forms:
/// lines with a label, a tab and a value; counts and labels as printed by uniq -c, wc and du; TSV, CSV or NDJSON.
///
/// In TSV, CSV and NDJSON, the values are in the first column named like an aggregate of jug log, such as count or sum_bytes,
/// otherwise in value, size or bytes, otherwise in the first column with numbers. The labels are in the columns before it. So
/// the output of jug log and jug walk --totals needs no flags.
///
/// Values of equal labels are added up. Zero values appear only in the legend; negative values are rejected. Percentages are
/// rounded so that they add up to 100.
///
/// Slices start at twelve o'clock and run clockwise, in the order of the input. Each is labelled inside the slice if there is
/// room, otherwise beside the pie, otherwise in a legend. The image grows for the legend unless --height is given.
///
/// On a terminal the chart is shown there; otherwise the output is a PNG.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Pie {
    /// Values, as label=value or alone
    #[arg(value_name = "VALUE", conflicts_with_all = ["input", "tally", "label", "value", "from"])]
    values: Vec<String>,

    /// Read values from FILE, which may be compressed with gzip or zstd; repeatable
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    input: Vec<OsString>,

    #[command(flatten)]
    from: From,

    /// Column of labels, by name or number; several as in path,status
    #[arg(long, value_name = "COLUMN", help_heading = "Input")]
    label: Option<String>,

    /// Column of values, by name or number
    #[arg(
        long,
        value_name = "COLUMN",
        conflicts_with = "tally",
        help_heading = "Input"
    )]
    value: Option<String>,

    /// Count how often each label occurs
    #[arg(long, help_heading = "Input")]
    tally: bool,

    /// Order of the slices
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "input",
        help_heading = "Slices"
    )]
    sort: Order,

    /// Show the N largest slices and combine the others
    #[arg(long, value_name = "N", help_heading = "Slices")]
    top: Option<usize>,

    /// Combine slices smaller than PERCENT, such as 2 or 2%
    #[arg(long, value_name = "PERCENT", value_parser = parsers::percent, help_heading = "Slices")]
    min_pct: Option<f64>,

    /// Label of the combined slice
    #[arg(
        long,
        value_name = "LABEL",
        default_value = "Other",
        help_heading = "Slices"
    )]
    other: String,

    /// Title shown above the chart
    #[arg(long, value_name = "TEXT", help_heading = "Appearance")]
    title: Option<String>,

    /// Subtitle shown below the title
    #[arg(long, value_name = "TEXT", help_heading = "Appearance")]
    subtitle: Option<String>,

    /// Label template, with {label}, {value}, {percent} and {total}
    #[arg(long, value_name = "TEMPLATE", value_parser = Template::parse, default_value = "{label} ({percent})", help_heading = "Appearance")]
    format: Template,

    /// Decimal places in percentages
    #[arg(long, value_name = "N", default_value = "0", value_parser = clap::value_parser!(u8).range(0..=6), help_heading = "Appearance")]
    digits: u8,

    /// Where to put labels
    #[arg(
        long,
        value_name = "WHERE",
        default_value = "auto",
        help_heading = "Appearance"
    )]
    labels: LabelFlag,

    /// Where to put the legend
    #[arg(
        long,
        value_name = "WHERE",
        default_value = "auto",
        help_heading = "Appearance"
    )]
    legend: LegendFlag,

    /// Draw a ring; the radius of its hole as a fraction of the pie's, up to 0.9
    #[arg(long, value_name = "FRACTION", value_parser = flags::hole, help_heading = "Appearance")]
    hole: Option<f64>,

    /// Text in the hole, with {total}
    #[arg(long, value_name = "TEMPLATE", value_parser = Template::parse, requires = "hole", help_heading = "Appearance")]
    center: Option<Template>,

    /// Gap between slices, in degrees
    #[arg(long, value_name = "DEGREES", value_parser = flags::gap, default_value = "0", hide_default_value = true, help_heading = "Appearance")]
    gap: f64,

    /// Slice colours: a palette, or a list such as #0072b2,#e69f00
    #[arg(long, value_name = "PALETTE", value_parser = flags::palette_parser(), default_value = "okabe-ito", help_heading = "Appearance")]
    palette: String,

    /// Colour of the slice with this label; repeatable
    #[arg(long, value_name = "LABEL=COLOR", help_heading = "Appearance")]
    slice_color: Vec<String>,

    #[command(flatten)]
    image: ImageArgs,

    /// Output format [default: png; on a terminal an image there]
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    to: Option<OutputFormat>,

    #[command(flatten)]
    output: OutputFile,
}

/// What the arguments mean.
struct Plan {
    source: Source,
    arrangement: Arrangement,
    options: pie::Options,
    format: Option<OutputFormat>,
}

/// Where values come from.
enum Source {
    Arguments(Vec<LabelledValue>),
    Inputs(Vec<InputName>, ReadOptions),
}

impl Pie {
    /// What the arguments mean. Does no I/O.
    fn plan(&self) -> Result<Plan> {
        let label_colors = self.slice_color.iter().map(|word| flags::slice_color(word));
        let arrangement = Arrangement {
            sort: self.sort.into(),
            top: self.top,
            min_share: self.min_pct.unwrap_or(0.0),
            other: self.other.clone(),
            colors: flags::palette_colors(&self.palette)?,
            label_colors: label_colors.collect::<Result<_>>()?,
        };
        Ok(Plan {
            source: self.source()?,
            arrangement,
            options: self.chart_options()?,
            format: flags::output_format(self.to, self.output.path())?,
        })
    }

    fn source(&self) -> Result<Source> {
        if !self.values.is_empty() {
            let words = self.values.iter().enumerate();
            let values = words.map(|(index, word)| parse_argument(word, index + 1));
            return Ok(Source::Arguments(values.collect::<Result<_>>()?));
        }
        let mut names: Vec<InputName> = self
            .input
            .iter()
            .cloned()
            .map(InputName::from_arg)
            .collect();
        if names.is_empty() {
            names.push(InputName::Stdin);
        }
        let options = ReadOptions {
            from: self.from.format(),
            label: self.label.clone(),
            value: self.value.clone(),
            tally: self.tally,
        };
        Ok(Source::Inputs(names, options))
    }

    fn chart_options(&self) -> Result<pie::Options> {
        let ImageArgs { width, height, .. } = self.image;
        let width = width.unwrap_or(640);
        if width < MIN_SIDE || height.is_some_and(|height| height < MIN_SIDE) {
            let message = format!("a chart must be at least {MIN_SIDE} pixels wide and high");
            return Err(Error::usage(message).hint("to make it smaller, use --scale 0.5"));
        }
        Ok(pie::Options {
            width,
            height,
            title: self.title.clone(),
            subtitle: self.subtitle.clone(),
            hole: self.hole.unwrap_or(0.0),
            center: self.center.clone(),
            gap: self.gap,
            labels: self.labels.into(),
            legend: self.legend.into(),
            format: self.format.clone(),
            digits: self.digits.into(),
            background: flags::background(self.image.background)?,
        })
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let ui = &context.ui;
        let plan = self.plan()?;
        let to_terminal = self.output.path().is_none() && ui.stdout_is_terminal();
        if plan.format == Some(OutputFormat::Png) && to_terminal {
            return Err(Error::usage("a PNG cannot be written to a terminal")
                .hint("write it to a file: -o FILE"));
        }
        if let Source::Inputs(names, _) = &plan.source {
            refuse_overwriting(names, self.output.path())?;
        }
        let mut results = Results::open(
            self.output.path(),
            self.output.options(Durability::Unsynced),
        )?;
        let slices = Slices::new(plan.values(ui)?, &plan.arrangement)
            .map_err(|error| Error::input(error.to_string()))?;
        match plan.format {
            Some(OutputFormat::Bars) => {
                let width = if to_terminal { ui.width() } else { 80 };
                let bars = pie::bars(&slices, &plan.options, width);
                results.put(bars.as_bytes())?;
            }
            Some(OutputFormat::Svg) => {
                if !to_terminal {
                    warn_of_unlabelled(&slices, &plan.options, ui);
                }
                results.put(pie::chart(&slices, &plan.options).as_bytes())?;
            }
            Some(OutputFormat::Terminal) => {
                results.put_own(self.terminal_chart(&slices, &plan, ui)?.as_bytes())?;
            }
            None if to_terminal => {
                results.put_own(self.terminal_chart(&slices, &plan, ui)?.as_bytes())?;
            }
            Some(OutputFormat::Png) | None => {
                warn_of_unlabelled(&slices, &plan.options, ui);
                let svg = pie::chart(&slices, &plan.options);
                let png = self.renderer(ui)?.png("the chart", svg.as_bytes());
                let Some(png) = png.map_err(|error| render_error(&error, &slices))? else {
                    return Ok(Exit::No);
                };
                results.put_own(&png)?;
            }
        }
        let withheld = results.close()?;
        let ending = Ending {
            is_quiet: false,
            has_results: true,
            withheld: withheld.as_deref(),
        };
        Ok(ending.finish(ui))
    }

    /// The chart as an image on the terminal, or as bars if it has no colours.
    fn terminal_chart(&self, slices: &Slices, plan: &Plan, ui: &Ui) -> Result<String> {
        let chart = terminal::chart(slices, &plan.options, &self.renderer(ui)?, ui)
            .map_err(|error| render_error(&error, slices))?;
        Ok(chart.unwrap_or_else(|| pie::bars(slices, &plan.options, ui.width())))
    }

    fn renderer<'u>(&self, ui: &'u Ui) -> Result<Renderer<'u>> {
        // The SVG has its size and background already.
        let mut options = self.image.options();
        (options.width, options.height, options.background) = (None, None, None);
        Renderer::new(&self.image, options, ui)
    }
}

impl Plan {
    fn values(&self, ui: &Ui) -> Result<Vec<LabelledValue>> {
        match &self.source {
            Source::Arguments(values) => Ok(values.clone()),
            Source::Inputs(names, options) => read_inputs(names, options, ui),
        }
    }
}

fn warn_of_unlabelled(slices: &Slices, options: &pie::Options, ui: &Ui) {
    let unlabelled = pie::count_unlabelled(slices, options);
    if unlabelled > 0 {
        let all = slices.slices.len();
        ui.warn(&format!(
            "no room for the labels of {unlabelled} of {all} slices"
        ));
        ui.hint("allow a legend, or combine the smallest slices: --top 20");
    }
}

fn render_error(error: &RenderError, slices: &Slices) -> Error {
    let message = Error::input(format!("the chart: {error}"));
    if slices.slices.len() > MANY {
        return message.hint("combine the smallest slices: --top 20");
    }
    message
}
