//! How complex a document becomes when its references are followed, estimated without following them.
//!
//! An SVG of a kilobyte can expand to any number of elements: a `use` of two `use`s of two `use`s. usvg stops at a million
//! elements, but does not limit what patterns, markers, masks and clip paths multiply, and follows longer circles of them forever.
//! So each element gets a weight: its own, that of its children, and that of what it refers to, times how often that is drawn.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node};

use super::error::RenderError;

/// The largest weight that is drawn, about the number of elements that usvg would create.
pub(super) const MAX_WEIGHT: u64 = 4_000_000;

/// The deepest nesting, with references followed.
const MAX_DEPTH: u32 = 512;

/// The elements that usvg may visit when it looks for short circles.
const MAX_SEARCH: u64 = 100_000_000;

/// Style rules and declarations, times elements.
const MAX_MATCHES: usize = 50_000_000;

/// The bytes of an image's data URL that count as one element.
const IMAGE_BYTES: usize = 256;

/// The bytes of an outline that count as one element; every copy has its own points.
const OUTLINE_BYTES: usize = 32;

/// Where usvg takes quadratic time, the square that weighs as much as one element (measured): characters of a text, elements in
/// a text, declarations of a style.
const LETTERS: u64 = 3500;
const SPANS: u64 = 13;
const DECLARATIONS: u64 = 900;

/// The complexity of a document, with references followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Complexity {
    /// About the number of elements that are drawn.
    pub(super) weight: u64,
    /// The deepest nesting.
    pub(super) depth: u32,
}

#[derive(Default)]
struct Element<'a> {
    tag: &'a str,
    id: Option<&'a str>,
    children: Vec<usize>,
    references: Vec<usize>,
    /// Without its children.
    weight: u64,
    /// The points at which markers may be drawn.
    points: u64,
    /// Bytes of text in it, without its children.
    letters: u64,
}

/// The totals of an element and everything below it.
#[derive(Clone, Copy, Default)]
struct Sum {
    weight: u64,
    depth: u32,
    /// Elements that inherit a fill or a stroke, with copies.
    elements: u64,
    points: u64,
    letters: u64,
    /// Elements in the document, without copies.
    written: u64,
    /// Elements visited when references are followed by one step.
    reach: u64,
}

/// Estimates the complexity of a document, and rejects one that is too complex.
pub(super) fn estimate(document: &Document<'_>) -> Result<Complexity, RenderError> {
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
        return Err(RenderError::TooComplex);
    }
    Ok(Complexity {
        weight: root.weight,
        depth: root.depth,
    })
}

/// All elements in document order, the root first.
fn elements<'a>(document: &'a Document<'_>) -> Result<Vec<Element<'a>>, RenderError> {
    let nodes: Vec<Node<'a, '_>> = document.descendants().filter(Node::is_element).collect();
    let number: HashMap<_, _> = nodes
        .iter()
        .enumerate()
        .map(|(n, node)| (node.id(), n))
        .collect();
    // Renderers disagree on which element a duplicate id means, so all of them are referred to.
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
                        return Err(RenderError::ShapeTooLarge);
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

/// Whether drawing an element with this tag follows its reference.
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

/// Whether a number has more than nine digits before the point, or an exponent above nine. usvg does not finish measuring such
/// a path.
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

fn sums(elements: &[Element<'_>]) -> Result<Vec<Sum>, RenderError> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; elements.len()];
    let mut sums = vec![Sum::default(); elements.len()];
    // Not recursive, since the depth is not known yet.
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
                return Err(RenderError::TooDeep);
            }
            state[at] = State::Done;
            continue;
        };
        open.push((at, next + 1));
        match state[below] {
            State::Done => {}
            State::Open => {
                let name = elements[below].id.unwrap_or(elements[below].tag);
                return Err(RenderError::CircularReference(
                    name.chars().take(80).collect(),
                ));
            }
            State::New => {
                state[below] = State::Open;
                open.push((below, 0));
            }
        }
    }
    Ok(sums)
}

/// The totals of an element, given those of all elements below it.
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
            // A group passes it on to each of its shapes.
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

/// The rules of style sheets that contain references.
struct Styles<'a>(simplecss::StyleSheet<'a>);

impl<'a> Styles<'a> {
    fn of(nodes: &[Node<'a, '_>]) -> Result<Styles<'a>, RenderError> {
        let mut sheet = simplecss::StyleSheet::new();
        let mut rules = 0;
        for node in nodes
            .iter()
            .filter(|node| node.tag_name().name() == "style")
        {
            let Some(text) = node.text() else { continue };
            rules += memchr::memchr2_iter(b'{', b';', text.as_bytes()).count();
            if rules.saturating_mul(nodes.len()) > MAX_MATCHES {
                return Err(RenderError::TooComplex);
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
