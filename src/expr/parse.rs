//! Tokens to a tree, by precedence climbing.
//!
//! From loosest to tightest: `or`, `and`, `not`, comparisons (which do not chain), `+ -`, `* / %`, unary `-`.

use super::fault::{Fault, Span};
use super::lex::{Token, TokenKind, lex};
use super::syntax::{Binary, Expr, ExprKind, Pattern, Unary};
use crate::record::{FieldName, Number, Step};

/// Words that are part of the grammar and never a field's plain name.
pub const RESERVED: [&str; 13] = [
    "and", "or", "not", "in", "contains", "by", "as", "where", "let", "sort", "top", "head", "tail",
];

/// How deep parentheses and operators may nest: far more than anybody types, far less than the stack holds.
const MAX_DEPTH: usize = 100;
/// How many sums or products may follow each other without parentheses: each makes the tree one higher.
const MAX_CHAIN: usize = 1000;

/// A cursor over tokens; the query's parser uses it too.
#[derive(Debug)]
pub struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    /// A parser at the beginning of `text`.
    ///
    /// # Errors
    /// Where the text cannot be cut into tokens.
    pub fn new(text: &str) -> Result<Parser, Fault> {
        Ok(Parser {
            tokens: lex(text)?,
            at: 0,
            depth: 0,
        })
    }

    /// The token that comes next.
    pub fn peek(&self) -> &Token {
        &self.tokens[self.at]
    }

    /// The token `ahead` places after the next; the last one for ever after.
    pub fn peek_at(&self, ahead: usize) -> &Token {
        &self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    /// Takes the next token; the last one is never used up.
    pub fn take(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    /// Where the token that was taken last ends.
    pub fn end_of_last(&self) -> usize {
        self.at
            .checked_sub(1)
            .map_or(0, |last| self.tokens[last].span.end)
    }

    /// Whether the next token is this symbol.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        matches!(&self.peek().kind, TokenKind::Symbol(found) if *found == symbol)
    }

    /// Whether the next token is this word.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.peek().kind, TokenKind::Word(found) if found == word)
    }

    /// Takes the symbol if it comes next.
    pub fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.take();
        }
        found
    }

    /// Takes the word if it comes next.
    pub fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.take();
        }
        found
    }

    /// Takes a symbol that must come next.
    ///
    /// # Errors
    /// If something else does.
    pub fn expect_symbol(&mut self, symbol: &str) -> Result<Span, Fault> {
        if self.is_symbol(symbol) {
            Ok(self.take().span)
        } else {
            Err(self.unexpected(&format!("«{symbol}»")))
        }
    }

    /// Takes a name that is not part of the grammar.
    ///
    /// # Errors
    /// If something else comes.
    pub fn expect_name(&mut self, what: &str) -> Result<(String, Span), Fault> {
        match &self.peek().kind {
            TokenKind::Word(word) if !RESERVED.contains(&word.as_str()) => {
                let word = word.clone();
                Ok((word, self.take().span))
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// The fault of having found something other than `wanted`.
    pub fn unexpected(&self, wanted: &str) -> Fault {
        let found = self.peek();
        match &found.kind {
            TokenKind::End => Fault::new(
                found.span.clone(),
                format!("{wanted} expected, but the query ends here"),
            ),
            TokenKind::Symbol("=") => Fault::new(found.span.clone(), "a single = compares nothing")
                .hint("write == to compare, or: let NAME = EXPR"),
            TokenKind::Symbol("&&") => Fault::new(found.span.clone(), "&& is written: and"),
            TokenKind::Symbol("||") => Fault::new(found.span.clone(), "|| is written: or"),
            TokenKind::Symbol("!") => Fault::new(found.span.clone(), "! is written: not"),
            _ => Fault::new(found.span.clone(), format!("{wanted} expected")),
        }
    }

    /// A whole expression.
    ///
    /// # Errors
    /// Where the tokens are none.
    pub fn expr(&mut self) -> Result<Expr, Fault> {
        self.nested(|parser| parser.binary(OR))
    }

    fn nested(
        &mut self,
        parse: impl FnOnce(&mut Parser) -> Result<Expr, Fault>,
    ) -> Result<Expr, Fault> {
        self.enter()?;
        let expr = parse(self)?;
        self.leave();
        Ok(expr)
    }

    /// Goes one level down. Everything that recurses says so here, so that no text can exhaust the stack.
    ///
    /// # Errors
    /// If that is too deep.
    pub fn enter(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = self.peek().span.clone();
            return Err(Fault::new(span, "this is nested too deeply"));
        }
        Ok(())
    }

    /// Goes up again.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    fn binary(&mut self, level: u8) -> Result<Expr, Fault> {
        let mut left = if level == NOT {
            self.not()?
        } else {
            self.operand(level)?
        };
        if let (OR, Some(_)) | (AND, Some(_)) = (level, self.operator(level)) {
            return self.joined(left, level);
        }
        let mut operators = 0;
        while let Some(operator) = self.operator(level) {
            operators += 1;
            if operators > MAX_CHAIN {
                let span = self.peek().span.clone();
                return Err(Fault::new(span, "this expression is too long"));
            }
            self.take();
            left = self.operation(operator, left, level)?;
            if level == COMPARISON && self.operator(level).is_some() {
                return Err(
                    Fault::new(self.peek().span.clone(), "comparisons do not chain")
                        .hint("join them with: and"),
                );
            }
        }
        Ok(left)
    }

    /// Conditions joined by `and`, or by `or`. Scripts write thousands of them, so they become a tree of little height: it
    /// does not matter which are joined first.
    fn joined(&mut self, first: Expr, level: u8) -> Result<Expr, Fault> {
        let operator = if level == OR { Binary::Or } else { Binary::And };
        let mut conditions = vec![first];
        while self.operator(level).is_some() {
            self.take();
            conditions.push(self.operand(level)?);
        }
        while conditions.len() > 1 {
            let mut pairs = Vec::with_capacity(conditions.len().div_ceil(2));
            let mut rest = conditions.into_iter();
            while let Some(left) = rest.next() {
                pairs.push(match rest.next() {
                    Some(right) => {
                        let span = left.span.start..right.span.end;
                        let kind = ExprKind::Binary(operator, Box::new(left), Box::new(right));
                        Expr::new(kind, span)
                    }
                    None => left,
                });
            }
            conditions = pairs;
        }
        Ok(conditions.remove(0))
    }

    fn operand(&mut self, level: u8) -> Result<Expr, Fault> {
        if level == TIGHTEST {
            self.unary()
        } else {
            self.binary(level + 1)
        }
    }

    /// The operator of this level that comes next.
    fn operator(&self, level: u8) -> Option<Operator> {
        use Operator::{In, Matches, Plain};
        let plain = |operator| Some(Plain(operator));
        match (&self.peek().kind, level) {
            (TokenKind::Word(word), OR) if word == "or" => plain(Binary::Or),
            (TokenKind::Word(word), AND) if word == "and" => plain(Binary::And),
            (TokenKind::Word(word), COMPARISON) => match word.as_str() {
                "contains" => plain(Binary::Contains),
                "in" => Some(In { negated: false }),
                "not" if matches!(&self.peek_at(1).kind, TokenKind::Word(next) if next == "in") => {
                    Some(In { negated: true })
                }
                _ => None,
            },
            (TokenKind::Symbol(symbol), _) => match (*symbol, level) {
                ("==", COMPARISON) => plain(Binary::Equal),
                ("!=", COMPARISON) => plain(Binary::Unequal),
                ("<", COMPARISON) => plain(Binary::Less),
                ("<=", COMPARISON) => plain(Binary::LessOrEqual),
                (">", COMPARISON) => plain(Binary::Greater),
                (">=", COMPARISON) => plain(Binary::GreaterOrEqual),
                ("=~", COMPARISON) => Some(Matches { negated: false }),
                ("!~", COMPARISON) => Some(Matches { negated: true }),
                ("+", SUM) => plain(Binary::Add),
                ("-", SUM) => plain(Binary::Subtract),
                ("*", PRODUCT) => plain(Binary::Multiply),
                ("/", PRODUCT) => plain(Binary::Divide),
                ("%", PRODUCT) => plain(Binary::Remainder),
                _ => None,
            },
            _ => None,
        }
    }

    /// What follows an operator that has just been taken, joined with its left side.
    fn operation(&mut self, operator: Operator, left: Expr, level: u8) -> Result<Expr, Fault> {
        let start = left.span.start;
        let (kind, negated) = match operator {
            Operator::Plain(operator) => {
                let right = self.operand(level)?;
                let span = start..right.span.end;
                return Ok(Expr::new(
                    ExprKind::Binary(operator, Box::new(left), Box::new(right)),
                    span,
                ));
            }
            Operator::Matches { negated } => {
                let token = self.take();
                let text = match token.kind {
                    TokenKind::Regex(text) => text,
                    TokenKind::Text(text) => String::from_utf8_lossy(&text).into_owned(),
                    _ => {
                        return Err(Fault::new(token.span, "=~ wants a regex")
                            .hint("write it between slashes: /…/"));
                    }
                };
                (
                    ExprKind::Matches(
                        Box::new(left),
                        Pattern {
                            text,
                            span: token.span,
                        },
                    ),
                    negated,
                )
            }
            Operator::In { negated } => {
                if negated {
                    self.take();
                }
                if let TokenKind::Net(net) = self.peek().kind {
                    self.take();
                    (ExprKind::InNet(Box::new(left), net), negated)
                } else {
                    if !self.is_symbol("(") {
                        return Err(
                            self.unexpected("a list like (404, 500) or a network like 10.0.0.0/8")
                        );
                    }
                    self.take();
                    (ExprKind::In(Box::new(left), self.list()?), negated)
                }
            }
        };
        let span = start..self.tokens[self.at - 1].span.end;
        let positive = Expr::new(kind, span.clone());
        Ok(if negated {
            Expr::new(ExprKind::Unary(Unary::Not, Box::new(positive)), span)
        } else {
            positive
        })
    }

    fn not(&mut self) -> Result<Expr, Fault> {
        if !self.is_word("not") {
            return self.operand(NOT);
        }
        let start = self.take().span.start;
        let inner = self.nested(Parser::not)?;
        let span = start..inner.span.end;
        Ok(Expr::new(
            ExprKind::Unary(Unary::Not, Box::new(inner)),
            span,
        ))
    }

    fn unary(&mut self) -> Result<Expr, Fault> {
        if !self.is_symbol("-") {
            return self.primary();
        }
        let start = self.take().span.start;
        let inner = self.nested(Parser::unary)?;
        let span = start..inner.span.end;
        match &inner.kind {
            ExprKind::Number(literal) => Ok(Expr::number(literal.0.negated(), span)),
            _ => Ok(Expr::new(
                ExprKind::Unary(Unary::Negate, Box::new(inner)),
                span,
            )),
        }
    }

    fn primary(&mut self) -> Result<Expr, Fault> {
        let token = self.peek().clone();
        let kind = match token.kind {
            TokenKind::Number(literal) => ExprKind::Number(literal),
            TokenKind::Text(text) => ExprKind::Text(text),
            TokenKind::Nth(number) => ExprKind::Field(FieldName::Nth(number)),
            TokenKind::Last => ExprKind::Field(FieldName::Last),
            TokenKind::Duration(duration) => {
                let nanos = i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
                let seconds = Number::Decimal {
                    units: nanos,
                    scale: 9,
                }
                .trimmed();
                self.take();
                return Ok(Expr::number(seconds, token.span));
            }
            TokenKind::Symbol("(") => {
                self.take();
                let inner = self.expr()?;
                self.expect_symbol(")")?;
                return Ok(inner);
            }
            TokenKind::Symbol("[") => return self.field(Vec::new()),
            TokenKind::Word(ref word) if word == "true" || word == "false" => {
                ExprKind::Bool(word == "true")
            }
            TokenKind::Word(ref word) if !RESERVED.contains(&word.as_str()) => {
                if matches!(self.peek_at(1).kind, TokenKind::Symbol("(")) {
                    self.take();
                    self.take();
                    let arguments = self.list()?;
                    let span = token.span.start..self.tokens[self.at - 1].span.end;
                    return Ok(Expr::new(ExprKind::Call(word.clone(), arguments), span));
                }
                self.take();
                return self.field(vec![(Step::Key(word.clone()), token.span)]);
            }
            _ => return Err(self.unexpected("a field, a number or a \"text\"")),
        };
        self.take();
        Ok(Expr::new(kind, token.span))
    }

    /// `a, b)` after the opening parenthesis.
    fn list(&mut self) -> Result<Vec<Expr>, Fault> {
        let mut list = Vec::new();
        if self.take_symbol(")") {
            return Ok(list);
        }
        loop {
            list.push(self.expr()?);
            if self.take_symbol(")") {
                return Ok(list);
            }
            if !self.take_symbol(",") {
                return Err(self.unexpected("«,» or «)»"));
            }
        }
    }

    /// A path whose first steps have been taken: `.key`, `[0]`, `["odd key"]`.
    fn field(&mut self, mut steps: Vec<(Step, Span)>) -> Result<Expr, Fault> {
        loop {
            if self.take_symbol(".") {
                let token = self.take();
                match token.kind {
                    TokenKind::Word(word) => steps.push((Step::Key(word), token.span)),
                    _ => {
                        return Err(Fault::new(token.span, "a name expected after the dot")
                            .hint("odd names go in brackets: [\"odd name\"]"));
                    }
                }
            } else if self.is_symbol("[") {
                self.take();
                let token = self.take();
                let step = match token.kind {
                    TokenKind::Text(text) => Step::Key(String::from_utf8_lossy(&text).into_owned()),
                    TokenKind::Number(literal) => match literal.0 {
                        Number::Decimal { units, scale: 0 }
                            if usize::try_from(units).is_ok() && !steps.is_empty() =>
                        {
                            Step::Index(usize::try_from(units).unwrap_or(0))
                        }
                        _ => {
                            return Err(Fault::new(
                                token.span,
                                "a place in an array is a whole number",
                            ));
                        }
                    },
                    _ => {
                        return Err(Fault::new(
                            token.span,
                            "a \"name\" or a place in an array expected",
                        ));
                    }
                };
                self.expect_symbol("]")?;
                steps.push((step, token.span));
            } else {
                break;
            }
        }
        let start = steps.first().map_or(0, |(_, span)| span.start);
        let end = self.tokens[self.at - 1].span.end;
        let path = steps.into_iter().map(|(step, _)| step).collect();
        Ok(Expr::new(
            ExprKind::Field(FieldName::Path(path)),
            start..end,
        ))
    }
}

const OR: u8 = 0;
const AND: u8 = 1;
const NOT: u8 = 2;
const COMPARISON: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;
const TIGHTEST: u8 = 5;

#[derive(Clone, Copy)]
enum Operator {
    Plain(Binary),
    Matches { negated: bool },
    In { negated: bool },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Expr, Fault> {
        let mut parser = Parser::new(text)?;
        let expr = parser.expr()?;
        assert_eq!(parser.peek().kind, TokenKind::End, "{text}");
        Ok(expr)
    }

    /// The tree with all its parentheses.
    fn show(expr: &Expr) -> String {
        let inner: Vec<String> = expr.children().into_iter().map(show).collect();
        match &expr.kind {
            ExprKind::Field(name) => name.to_string(),
            ExprKind::Number(literal) => literal.0.to_string(),
            ExprKind::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Unary(operator, _) => format!("({operator:?} {})", inner[0]),
            ExprKind::Binary(operator, ..) => format!("({} {operator:?} {})", inner[0], inner[1]),
            ExprKind::Matches(_, pattern) => format!("({} =~ /{}/)", inner[0], pattern.text),
            ExprKind::In(..) => format!("({} in {})", inner[0], inner[1..].join(" ")),
            ExprKind::InNet(_, net) => format!("({} in {net})", inner[0]),
            ExprKind::Call(name, _) => format!("{name}({})", inner.join(" ")),
        }
    }

    #[test]
    fn binds_as_written_in_textbooks() {
        let cases = [
            ("a or b and not c == 1", "(a Or (b And (Not (c Equal 1))))"),
            ("1 + 2 * 3 - 4", "((1 Add (2 Multiply 3)) Subtract 4)"),
            ("a / b / c", "((a Divide b) Divide c)"),
            ("-a * 2", "((Negate a) Multiply 2)"),
            ("not not a", "(Not (Not a))"),
            (
                "status in (404, 500) and ip not in 10.0.0.0/8",
                "((status in 404 500) And (Not (ip in 10.0.0.0/8)))",
            ),
            ("path !~ /^\\/a/", "(Not (path =~ /^\\/a/))"),
            (
                "a.b[0][\"odd name\"] contains \"x\"",
                "(a.b[0][\"odd name\"] Contains \"x\")",
            ),
            (
                "count(status >= 500) / count",
                "(count((status GreaterOrEqual 500)) Divide count)",
            ),
            ("rt > 250ms", "(rt Greater 0.25)"),
            ("$NF == -3", "($NF Equal -3)"),
        ];
        for (text, tree) in cases {
            assert_eq!(show(&parse(text).unwrap()), tree, "{text}");
        }
    }

    #[test]
    fn says_what_it_wanted_and_where() {
        let cases = [
            ("a = 1", None),
            (
                "1 <",
                Some((
                    "a field, a number or a \"text\" expected, but the query ends here",
                    3..3,
                )),
            ),
            ("a < b < c", Some(("comparisons do not chain", 6..7))),
            ("(a", Some(("«)» expected, but the query ends here", 2..2))),
            (
                "a in 5",
                Some((
                    "a list like (404, 500) or a network like 10.0.0.0/8 expected",
                    5..6,
                )),
            ),
            ("! a", Some(("! is written: not", 0..1))),
        ];
        for (text, fault) in cases {
            let mut parser = Parser::new(text).unwrap();
            let found = parser.expr().map_err(|fault| (fault.message, fault.span));
            match fault {
                Some((message, span)) => {
                    assert_eq!(found.unwrap_err(), (message.to_owned(), span), "{text}");
                }
                None => assert!(
                    parser.unexpected("«|»").message.contains("single ="),
                    "{text}"
                ),
            }
        }
    }

    #[test]
    fn deep_nesting_is_refused_not_a_crash() {
        let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
        assert!(parse(&deep).unwrap_err().message.contains("too deeply"));
        let minus = format!("{}1", "- ".repeat(5000));
        assert!(parse(&minus).unwrap_err().message.contains("too deeply"));
    }
}
