// expect E0080: a context needs at least one part
use safeconduct::{Context, context};

pub const SESSION: Context = context!(); // WRONG
pub const SESSION: Context = context!("shop.example"); // RIGHT

fn main() {}
