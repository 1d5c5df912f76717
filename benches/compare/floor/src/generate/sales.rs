//! A table of sales in CSV with a header: 1.67 million rows are 125 MB.
//!
//! 400 products, a third of them with a comma in their name and therefore in quotes; prices with two decimals; a note in every
//! fifth row, half of them with doubled quotes.

use super::calendar::moment;
use super::random::{Choice, Random};
use super::{START, Source, push, push_number};

const PRODUCTS: usize = 400;
const KINDS: [&str; 8] = [
    "kettle", "lamp", "teapot", "carafe", "bowl", "jug", "vase", "tray",
];
const FINISHES: [&str; 5] = ["white", "blue", "copper", "matt black", "glass"];
const REGIONS: [&str; 5] = ["north", "south", "east", "west", "online"];
const NOTES: [&str; 4] = [
    "leave at the door",
    r#""ring ""twice"" please""#,
    "gift",
    r#""fragile, ""this side up""""#,
];

pub struct Lines {
    random: Random,
    products: Vec<String>,
    by_product: Choice,
    row: u64,
    second: u64,
}

impl Lines {
    pub fn new(mut random: Random) -> Self {
        let product = |number: usize| {
            let (kind, finish) = (random.pick(&KINDS), random.pick(&FINISHES));
            if number.is_multiple_of(3) {
                format!("\"{kind}, {finish}, no. {number}\"")
            } else {
                format!("{kind} {finish} {number}")
            }
        };
        let products = (0..PRODUCTS).map(product).collect();
        Self {
            random,
            products,
            by_product: Choice::zipf(PRODUCTS, 10),
            row: 0,
            second: START,
        }
    }
}

impl Source for Lines {
    fn line(&mut self, out: &mut Vec<u8>) {
        if self.row == 0 {
            out.extend_from_slice(b"id,time,region,product,quantity,price,customer,note\n");
        }
        self.row += 1;
        let random = &mut self.random;
        self.second += random.below(3) as u64;
        let at = moment(self.second);
        push_number(out, 10_000_000 + self.row);
        push(
            out,
            format_args!(
                ",{}-{:02}-{:02}T{:02}:{:02}:{:02}Z,",
                at.year, at.month, at.day, at.hour, at.minute, at.second
            ),
        );
        out.extend_from_slice(random.pick(&REGIONS).as_bytes());
        out.push(b',');
        out.extend_from_slice(self.products[self.by_product.draw(random)].as_bytes());
        out.push(b',');
        push_number(out, 1 + random.below(12) as u64);
        out.push(b',');
        let cents = 99 + random.below(30_000) as u64;
        push_number(out, cents / 100);
        out.push(b'.');
        out.extend([b'0' + (cents / 10 % 10) as u8, b'0' + (cents % 10) as u8]);
        out.push(b',');
        push_number(out, 100_000 + random.below(900_000) as u64);
        out.push(b',');
        if random.chance(1, 5) {
            out.extend_from_slice(random.pick(&NOTES).as_bytes());
        }
        out.push(b'\n');
    }
}
