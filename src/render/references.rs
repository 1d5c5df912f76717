//! How much a document becomes when its references are followed, found without following them.
//!
//! An SVG of a kilobyte can stand for more elements than there are atoms: a `use` of two `use`s of two `use`s. usvg stops at a
//! million elements, but not what patterns, markers, masks and clip paths multiply, and a longer circle of them has it
//! follow its own tail. So each element is given a weight, once: its own, that of its children, and that of what it refers to,
//! times how often that is drawn.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node};

use super::Fault;

/// The weight that is drawn at most: about the elements that usvg would make.
pub(super) const MAX_WEIGHT: u64 = 4_000_000;

/// How deep elements may be nested, references followed.
const MAX_DEPTH: u32 = 512;

/// What finding circles may take, of which usvg itself looks for the short ones.
const MAX_SEARCH: u64 = 100_000_000;

/// Style rules and declarations times elements.
const MAX_MATCHES: usize = 50_000_000;

/// Of an image's text, so much counts as one element.
const IMAGE_BYTES: usize = 256;

/// Of an outline's text, so much counts as one element: each copy of it has the points of its own.
const OUTLINE_BYTES: usize = 32;

/// What usvg does in the square of a number is as heavy as an element when the number's square is this: letters of a text,
/// elements in a text, declarations of a style. Measured.
const LETTERS: u64 = 3500;
const SPANS: u64 = 13;
const DECLARATIONS: u64 = 900;

/// What a document becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Burden {
    /// Of all that is drawn.
    pub(super) weight: u64,
    /// The deepest nesting, references followed.
    pub(super) depth: u32,
}

#[derive(Default)]
struct Element<'a> {
    tag: &'a str,
    id: Option<&'a str>,
    children: Vec<usize>,
    references: Vec<usize>,
    /// Of its own, without children.
    weight: u64,
    /// Where markers may stand.
    points: u64,
    /// Bytes of text in it, children's aside.
    letters: u64,
}

/// What is known of an element when all below it is known.
#[derive(Clone, Copy, Default)]
struct Sum {
    weight: u64,
    depth: u32,
    /// Elements that inherit a fill or a stroke, copies included.
    elements: u64,
    points: u64,
    letters: u64,
    /// Elements as they are written.
    written: u64,
    /// Elements looked at when the references of these are followed one step.
    reach: u64,
}

/// Weighs a document.
pub(super) fn weigh(document: &Document<'_>) -> Result<Burden, Fault> {
    let elements = elements(document)?;
    let sums = sums(&elements)?;
    let root = sums.first().copied().unwrap_or_default();
    let search = elements
        .iter()
        .zip(&sums)
        .fold(0_u64, |sum, (element, of)| match element.tag {
            "pattern" | "clipPath" | "mask" | "filter" => {
                sum.saturating_add(of.written).saturating_add(of.reach)
            }
            _ => sum,
        });
    if root.weight > MAX_WEIGHT || search > MAX_SEARCH {
        return Err(Fault::TooMuch);
    }
    Ok(Burden {
        weight: root.weight,
        depth: root.depth,
    })
}

/// All elements in the order of the document, the root first.
fn elements<'a>(document: &'a Document<'_>) -> Result<Vec<Element<'a>>, Fault> {
    let nodes: Vec<Node<'a, '_>> = document.descendants().filter(Node::is_element).collect();
    let number: HashMap<_, _> = nodes
        .iter()
        .enumerate()
        .map(|(n, node)| (node.id(), n))
        .collect();
    // Readers differ in which of several elements of one name is meant, so all are.
    let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
    for (n, node) in nodes.iter().enumerate() {
        if let Some(id) = node.attribute("id") {
            named.entry(id).or_default().push(n);
        }
    }
    let styles = Styles::of(&nodes)?;
    let mut elements: Vec<Element<'a>> = Vec::with_capacity(nodes.len());
    for (n, node) in nodes.iter().enumerate() {
        let tag = node.tag_name().name();
        let mut element = Element {
            tag,
            id: node.attribute("id"),
            weight: 1,
            ..Element::default()
        };
        let mut refer = |name: &str| {
            element
                .references
                .extend(named.get(name).into_iter().flatten());
        };
        for attribute in node.attributes() {
            let value = attribute.value();
            match attribute.name() {
                "href" if draws(tag) => {
                    if let Some(name) = value.trim().strip_prefix('#') {
                        refer(name);
                    }
                    if matches!(tag, "image" | "feImage") {
                        element.weight += (value.len() / IMAGE_BYTES) as u64;
                    }
                }
                "d" | "points" => {
                    if has_huge_number(value) {
                        return Err(Fault::HugeNumber);
                    }
                    element.points += value.len() as u64 / 4 + 1;
                    element.weight += (value.len() / OUTLINE_BYTES) as u64;
                }
                name => {
                    if name == "style" {
                        let declarations = memchr::memchr_iter(b';', value.as_bytes()).count();
                        element.weight += square(declarations as u64) / DECLARATIONS;
                    }
                    urls(value).for_each(&mut refer);
                }
            }
        }
        element.letters = node
            .children()
            .filter(Node::is_text)
            .filter_map(|text| text.text())
            .map(|text| text.len() as u64)
            .sum();
        styles.urls(*node, &mut refer);
        if let Some(parent) = node.parent_element() {
            elements[number[&parent.id()]].children.push(n);
        }
        elements.push(element);
    }
    Ok(elements)
}

/// Whether a reference from such an element is followed when it is drawn.
fn draws(tag: &str) -> bool {
    matches!(
        tag,
        "use"
            | "image"
            | "feImage"
            | "linearGradient"
            | "radialGradient"
            | "pattern"
            | "filter"
            | "textPath"
            | "tref"
    )
}

/// Whether a number has more than nine digits before the point, or so large an exponent. Measuring along such a path does not
/// come to an end.
fn has_huge_number(numbers: &str) -> bool {
    let mut digits = 0;
    let mut exponent: Option<u32> = None;
    let mut is_fraction = false;
    for byte in numbers.bytes() {
        match byte {
            b'0'..=b'9' => {
                if let Some(exponent) = &mut exponent {
                    *exponent = exponent
                        .saturating_mul(10)
                        .saturating_add((byte - b'0').into());
                } else if !is_fraction && (digits > 0 || byte != b'0') {
                    digits += 1;
                }
            }
            b'.' => is_fraction = true,
            b'e' | b'E' => exponent = Some(0),
            b'+' if exponent == Some(0) => {}
            _ => {
                digits = 0;
                exponent = None;
                is_fraction = false;
            }
        }
        if digits > 9 || exponent > Some(9) {
            return true;
        }
    }
    false
}

fn square(number: u64) -> u64 {
    number.saturating_mul(number)
}

/// The names in `url(#name)`.
fn urls(value: &str) -> impl Iterator<Item = &str> {
    value.split("url(").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches([' ', '"', '\'']);
        let name = rest.strip_prefix('#')?;
        name.split([')', '"', '\'']).next().map(str::trim_end)
    })
}

fn sums(elements: &[Element<'_>]) -> Result<Vec<Sum>, Fault> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; elements.len()];
    let mut sums = vec![Sum::default(); elements.len()];
    // Not by recursion, since nobody knows yet how deep it goes.
    let mut open: Vec<(usize, usize)> = Vec::new();
    if !elements.is_empty() {
        open.push((0, 0));
        state[0] = State::Open;
    }
    while let Some((at, next)) = open.pop() {
        let element = &elements[at];
        let below = element.children.iter().chain(&element.references).nth(next);
        let Some(&below) = below else {
            sums[at] = sum(element, elements, &sums);
            if sums[at].depth > MAX_DEPTH {
                return Err(Fault::TooDeep);
            }
            state[at] = State::Done;
            continue;
        };
        open.push((at, next + 1));
        match state[below] {
            State::Done => {}
            State::Open => {
                let name = elements[below].id.unwrap_or(elements[below].tag);
                return Err(Fault::Circle(name.chars().take(80).collect()));
            }
            State::New => {
                state[below] = State::Open;
                open.push((below, 0));
            }
        }
    }
    Ok(sums)
}

/// The sum of an element, of which all below it are known.
fn sum(element: &Element<'_>, elements: &[Element<'_>], sums: &[Sum]) -> Sum {
    let mut sum = Sum {
        weight: element.weight,
        elements: 1,
        points: element.points,
        letters: element.letters,
        written: 1,
        ..Sum::default()
    };
    for child in element.children.iter().map(|child| &sums[*child]) {
        sum.weight = sum.weight.saturating_add(child.weight);
        sum.elements = sum.elements.saturating_add(child.elements);
        sum.points = sum.points.saturating_add(child.points);
        sum.letters += child.letters;
        sum.written += child.written;
        sum.reach = sum.reach.saturating_add(child.reach);
        sum.depth = sum.depth.max(child.depth);
    }
    if element.tag == "text" {
        let text = square(sum.letters) / LETTERS + square(sum.written) / SPANS;
        sum.weight = sum.weight.saturating_add(text);
    }
    if element.tag == "use" {
        for target in element.references.iter().map(|target| &sums[*target]) {
            sum.elements = sum.elements.saturating_add(target.elements);
            sum.points = sum.points.saturating_add(target.points);
        }
    }
    for at in &element.references {
        let target = &sums[*at];
        let weight = match elements[*at].tag {
            // Given to a group, each of its shapes is filled with it.
            "pattern" => target.weight.saturating_mul(sum.elements),
            "marker" => target.weight.saturating_mul(sum.points.max(1)),
            "linearGradient" | "radialGradient" => 1,
            _ => target.weight.saturating_add(target.written),
        };
        sum.weight = sum.weight.saturating_add(weight);
        sum.reach = sum.reach.saturating_add(target.written);
        sum.depth = sum.depth.max(target.depth);
    }
    sum.depth += 1;
    sum
}

/// The style sheets, as far as they refer to anything.
struct Styles<'a>(simplecss::StyleSheet<'a>);

impl<'a> Styles<'a> {
    fn of(nodes: &[Node<'a, '_>]) -> Result<Styles<'a>, Fault> {
        let mut sheet = simplecss::StyleSheet::new();
        let mut rules = 0;
        for node in nodes
            .iter()
            .filter(|node| node.tag_name().name() == "style")
        {
            let Some(text) = node.text() else { continue };
            rules += memchr::memchr2_iter(b'{', b';', text.as_bytes()).count();
            if rules.saturating_mul(nodes.len()) > MAX_MATCHES {
                return Err(Fault::TooMuch);
            }
            if text.contains("url(") {
                sheet.parse_more(text);
            }
        }
        sheet
            .rules
            .retain(|rule| rule.declarations.iter().any(|it| it.value.contains("url(")));
        Ok(Styles(sheet))
    }

    fn urls(&self, node: Node<'_, '_>, refer: &mut impl FnMut(&str)) {
        for rule in &self.0.rules {
            if rule.selector.matches(&Styled(node)) {
                for declaration in &rule.declarations {
                    urls(declaration.value).for_each(&mut *refer);
                }
            }
        }
    }
}

/// An element as style sheets see it.
struct Styled<'a, 'input>(Node<'a, 'input>);

impl simplecss::Element for Styled<'_, '_> {
    fn parent_element(&self) -> Option<Self> {
        self.0.parent_element().map(Styled)
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.0.prev_sibling_element().map(Styled)
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.0.tag_name().name() == name
    }

    fn attribute_matches(&self, name: &str, operator: simplecss::AttributeOperator<'_>) -> bool {
        self.0
            .attribute(name)
            .is_some_and(|value| operator.matches(value))
    }

    fn pseudo_class_matches(&self, class: simplecss::PseudoClass<'_>) -> bool {
        matches!(class, simplecss::PseudoClass::FirstChild)
            && self.0.prev_sibling_element().is_none()
    }
}

#[cfg(test)]
mod tests;
