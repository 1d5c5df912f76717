//! `where`: keeps the records for which a condition holds.

use clap::{ArgMatches, Args};

use crate::expr::compile::compile_condition;
use crate::expr::syntax::ExprKind;
use crate::expr::{Program, parse};
use crate::pipe::data::Kind;
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::fields::{Compiled, failure, joined, refused};
use crate::pipe::flow::Flow;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::UnitStage;

#[derive(Args)]
struct Where {
    /// The condition, as after 'where' in jug log: 'status >= 500 and path contains "cart"'
    #[arg(
        value_name = "COND",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    condition: Vec<String>,
}

pub(super) static SPEC: Spec = Spec {
    name: "where",
    summary: "Keep the records for which a condition holds",
    family: Family::Records,
    define: Where::augment_args,
    takes: &[Kind::Records],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["status >= 500 and path contains \"cart\""],
            input: "{\"path\":\"/cart\",\"status\":503}\n{\"path\":\"/\",\"status\":\"500\"}\n{\"path\":\"/cart\"}\n",
            output: "{\"path\":\"/cart\",\"status\":503}\n",
        },
        Example {
            words: &["http.tags[1] == \"b\""],
            input: "{\"http\":{\"tags\":[\"a\",\"b\"]}}\n{\"http\":{}}\n",
            output: "{\"http\":{\"tags\":[\"a\",\"b\"]}}\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let words = arguments::<Where>(matches).condition;
    let text = joined(&words);
    let expr = parse::parse(&text).map_err(|fault| refused(&fault, &text))?;
    if let ExprKind::Field(_) = expr.kind {
        let message = format!("'{text}' is not a condition");
        let hint = "quote the condition: an unquoted > writes to a file";
        return Err(Refused::new(message).hint(hint).may_be_redirected());
    }
    let condition = Compiled::new(&text, move |fields| {
        compile_condition(&expr, "where", fields)
    })?;
    Ok(Opened::same(Work::Units(Box::new(Kept { condition }))))
}

struct Kept {
    condition: Compiled<Program>,
}

impl UnitStage for Kept {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let Unit::Record(record) = unit else {
            return out.keep(unit);
        };
        let (fields, condition) = self.condition.get(out.shared())?;
        let row = fields.row(&record).map_err(failure)?;
        match condition.holds(&row).map_err(failure)? {
            true => out.keep(unit),
            false => Ok(Flow::More),
        }
    }

    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        self.condition.warn(out.shared().observe);
        Ok(())
    }
}
