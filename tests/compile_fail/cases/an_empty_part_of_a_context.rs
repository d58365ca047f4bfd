// expect E0080: a part of a context must not be empty
use safeconduct::{Context, context};

pub const SESSION: Context = context!("shop.example", ""); // WRONG
pub const SESSION: Context = context!("shop.example", "session"); // RIGHT

fn main() {}
