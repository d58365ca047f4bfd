//! What stands around the spans that cargo-mutants gives: operands, arms, literals of structs.

use std::collections::HashMap;
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Arm, Expr, ExprBinary, ExprRepeat, ExprStruct, ExprUnary, GenericArgument, TypeArray, Variant};

pub struct Binary {
    pub whole: Range<usize>,
    pub operator: Range<usize>,
    /// `if let … && …` is no expression, so it cannot stand in an arm.
    pub chain: bool,
}

pub struct MatchArm {
    pub pattern_end: usize,
    pub guard: Option<Range<usize>>,
}

/// All by the byte at which the part that changes begins.
#[derive(Default)]
pub struct Places {
    pub binaries: HashMap<usize, Binary>,
    pub unaries: HashMap<usize, Range<usize>>,
    pub arms: HashMap<usize, MatchArm>,
    pub guards: HashMap<usize, Range<usize>>,
    /// Field to the literal that it is in.
    pub fields: HashMap<usize, Range<usize>>,
    /// Evaluated by the compiler, where nothing can be switched.
    pub constants: Vec<Range<usize>>,
}

impl Places {
    pub fn of(text: &str) -> Self {
        let file = syn::parse_file(text).expect("the library's sources parse");
        let mut places = Self::default();
        places.visit_file(&file);
        places
    }

    pub fn is_constant(&self, offset: usize) -> bool {
        self.constants.iter().any(|range| range.contains(&offset))
    }

    fn constant(&mut self, node: &impl Spanned) {
        self.constants.push(range(node));
    }
}

fn range(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

fn has_let(node: &Expr) -> bool {
    match node {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Places {
    fn visit_expr_binary(&mut self, node: &'ast ExprBinary) {
        let chain = has_let(&node.left) || has_let(&node.right);
        let operator = range(&node.op);
        self.binaries.insert(operator.start, Binary { whole: range(node), operator, chain });
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast ExprUnary) {
        self.unaries.insert(range(&node.op).start, range(node));
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'ast Arm) {
        let guard = node.guard.as_ref().map(|(_, guard)| range(&**guard));
        if let Some(guard) = &guard {
            self.guards.insert(guard.start, guard.clone());
        }
        self.arms.insert(range(node).start, MatchArm { pattern_end: range(&node.pat).end, guard });
        visit::visit_arm(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast ExprStruct) {
        for field in &node.fields {
            self.fields.insert(range(field).start, range(node));
        }
        visit::visit_expr_struct(self, node);
    }

    fn visit_item_const(&mut self, node: &'ast syn::ItemConst) {
        self.constant(node);
    }

    fn visit_impl_item_const(&mut self, node: &'ast syn::ImplItemConst) {
        self.constant(node);
    }

    fn visit_trait_item_const(&mut self, node: &'ast syn::TraitItemConst) {
        self.constant(node);
    }

    fn visit_item_static(&mut self, node: &'ast syn::ItemStatic) {
        self.constant(node);
    }

    fn visit_expr_const(&mut self, node: &'ast syn::ExprConst) {
        self.constant(node);
    }

    fn visit_expr_repeat(&mut self, node: &'ast ExprRepeat) {
        self.constant(&node.len);
        visit::visit_expr(self, &node.expr);
    }

    fn visit_type_array(&mut self, node: &'ast TypeArray) {
        self.constant(&node.len);
        visit::visit_type(self, &node.elem);
    }

    fn visit_generic_argument(&mut self, node: &'ast GenericArgument) {
        if let GenericArgument::Const(value) = node {
            self.constant(value);
        }
        visit::visit_generic_argument(self, node);
    }

    fn visit_variant(&mut self, node: &'ast Variant) {
        if let Some((_, value)) = &node.discriminant {
            self.constant(value);
        }
    }
}
