//! Blocks, heads, and the statements that hold blocks.

use crate::ast::expr::{Block, Stmt, StmtKind};
use crate::ast::{Arm, Expr, ExprKind};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::recover;
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::{MAX_HEIGHT, Reader, inner};

impl Reader<'_> {
    /// `{ … }`.
    pub(super) fn block(&self, pair: Pair<'_>) -> Block {
        let span = self.span(&pair);
        let (stmts, height) = self.measure(|| self.stmts(pair));
        self.grow(height + 1, span);
        Block { stmts, span }
    }

    fn stmts(&self, pair: Pair<'_>) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        self.sequence(inner(pair), Rule::strict_stmt, |pair| {
            if is_clause(pair.as_rule()) {
                self.stray_clause(&pair);
            } else {
                stmts.push(self.stmt(pair));
            }
        });
        self.spoil_values(&mut stmts);
        stmts
    }

    /// Takes their values from names whose declaration was only read in part.
    pub(super) fn spoil_values(&self, stmts: &mut [Stmt]) {
        for stmt in stmts {
            if let StmtKind::Let { ty, value, .. } = &mut stmt.kind
                && self.is_part(stmt.span)
            {
                *ty = None;
                *value = Some(self.bad(stmt.span));
            }
        }
    }

    fn stray_clause(&self, pair: &Pair<'_>) {
        let span = self.span(pair);
        let error = SyntaxError::new(
            SyntaxErrorKind::ClauseOrder,
            span,
            "a clause stands inside a block",
            "clauses stand at the top of a process",
        );
        self.report(error.help("move it between `process … {` and the first statement"));
    }

    /// The condition of a head; `=` in it is reported.
    pub(super) fn condition(&self, pair: Pair<'_>) -> Expr {
        let span = self.span(&pair);
        let assign = pair
            .clone()
            .into_inner()
            .find(|pair| pair.as_rule() == Rule::is);
        let mut exprs = inner(pair);
        let first = exprs
            .next()
            .map_or_else(|| self.bad(span), |pair| self.expr(pair));
        let Some(second) = exprs.next() else {
            return first;
        };
        self.expr(second);
        if let Some(assign) = assign {
            let at = self.span(&assign);
            let error = SyntaxError::new(
                SyntaxErrorKind::ForeignOperator,
                at,
                "`=` assigns; `==` compares",
                "an assignment is no condition",
            );
            self.report(error.fix(at, "=="));
        }
        self.bad(span)
    }

    /// What stands between a keyword and its `{`.
    pub(super) fn head(&self, pair: Pair<'_>) -> Expr {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::condition => self.condition(pair),
            Rule::bare_head => self.expr(pair),
            Rule::if_let => self.let_head(pair),
            _ => {
                recover::explain(
                    self,
                    Rule::strict_head,
                    span.start as usize,
                    span.end as usize,
                );
                self.bad(span)
            }
        }
    }

    /// A head that takes no `let`.
    pub(super) fn plain_head(&self, pair: Pair<'_>) -> Expr {
        let head = self.head(pair);
        if !matches!(head.kind, ExprKind::Let(..)) {
            return head;
        }
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            head.span,
            "`let` stands in the heads of `if` and `while`",
            "not here",
        );
        self.report(error.help("write the value alone"));
        self.bad(head.span)
    }

    pub(super) fn if_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let whole = self.span(&pair);
        let mut heads: Vec<(Expr, Block)> = Vec::new();
        let mut starts: Vec<Span> = vec![whole];
        let mut head = None;
        let mut last = None;
        for part in inner(pair) {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::else_if => starts.push(Span {
                    start: span.end - 2,
                    ..span
                }),
                Rule::elif => {
                    self.elif(span);
                    starts.push(span);
                }
                Rule::body => {
                    let block = self.block(part);
                    match head.take() {
                        Some(cond) => heads.push((cond, block)),
                        None => last = Some(block),
                    }
                }
                Rule::condition | Rule::if_let | Rule::bad_head => {
                    head = Some(self.head(part));
                }
                _ => {}
            }
        }
        let branches = heads.len() as u32;
        if branches > MAX_HEIGHT / 4 {
            self.too_deep(whole);
            return StmtKind::Bad;
        }
        self.grow(self.height.get() + branches.saturating_sub(1), whole);
        nest(heads, &starts, last, whole)
    }

    fn elif(&self, span: Span) {
        let error = SyntaxError::new(
            SyntaxErrorKind::ForeignOperator,
            span,
            "this is written `else if`",
            "not a word of Theus",
        );
        self.report(error.fix(span, "else if"));
    }

    pub(super) fn match_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let mut value = self.bad(self.span(&pair));
        let mut arms = Vec::new();
        let mut parts = inner(pair);
        if let Some(head) = parts.next() {
            value = self.plain_head(head);
        }
        let mut previous = None;
        self.sequence(parts, Rule::strict_arm, |arm| {
            self.comma_between(&mut previous, &arm);
            arms.extend(self.arm(arm));
        });
        StmtKind::Match(value, arms)
    }

    /// Reports a missing `,` after an arm that is not a block.
    pub(super) fn comma_between(&self, previous: &mut Option<Span>, arm: &Pair<'_>) {
        if let Some(end) = previous.take() {
            let error = SyntaxError::new(
                SyntaxErrorKind::Unexpected,
                end,
                "expected `,` after this arm",
                "`,` expected here",
            );
            self.report(error.fix(end, ","));
        }
        let text = arm.as_str().trim_end();
        if !text.ends_with([',', '}']) {
            *previous = Some(self.span(arm).after());
        }
    }

    fn arm(&self, arm: Pair<'_>) -> Option<Arm<Block>> {
        let (pattern, guard, body) = self.arm_parts(&mut inner(arm))?;
        let body = if body.as_rule() == Rule::body {
            self.block(body)
        } else {
            let stmt = self.stmt(body);
            Block {
                span: stmt.span,
                stmts: vec![stmt],
            }
        };
        Some(Arm {
            pattern,
            guard,
            body,
        })
    }

    pub(super) fn for_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let mut name = None;
        let mut over = None;
        for part in inner(pair) {
            match part.as_rule() {
                Rule::decl | Rule::tuple_pattern | Rule::call_pattern => {
                    name = Some(self.binder(part));
                }
                Rule::expr => over = Some(self.expr_or_range(part)),
                Rule::bad_head => {
                    let span = self.span(&part);
                    recover::explain(
                        self,
                        Rule::strict_for,
                        span.start as usize,
                        span.end as usize,
                    );
                }
                Rule::body => {
                    let block = self.block(part);
                    let (Some(name), Some(over)) = (name, over) else {
                        return StmtKind::Bad;
                    };
                    return StmtKind::For(name, over, block);
                }
                _ => {}
            }
        }
        StmtKind::Bad
    }

    pub(super) fn while_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let mut cond = self.bad(self.span(&pair));
        let mut max = None;
        let mut total = false;
        for part in inner(pair) {
            match part.as_rule() {
                Rule::max_clause => {
                    for part in inner(part) {
                        match part.as_rule() {
                            Rule::k_total => total = true,
                            _ => max = Some(self.expr(part)),
                        }
                    }
                }
                Rule::body => {
                    let body = self.block(part);
                    return StmtKind::While {
                        cond,
                        max,
                        total,
                        body,
                    };
                }
                _ => {
                    // A head that could not be read has no bound to miss.
                    let bad = part.as_rule() == Rule::bad_head;
                    cond = self.head(part);
                    if bad {
                        max = Some(self.bad(cond.span));
                    }
                }
            }
        }
        StmtKind::Bad
    }
}

/// Whether the rule is a clause of a contract.
pub(super) fn is_clause(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::each
            | Rule::inserts
            | Rule::sends
            | Rule::inputs
            | Rule::outputs
            | Rule::requires
            | Rule::ensures
            | Rule::errors
            | Rule::deadline
            | Rule::budget
            | Rule::cached
            | Rule::later_clause
    )
}

/// `if a {} else if b {} else {}` from the last branch to the first.
fn nest(
    mut heads: Vec<(Expr, Block)>,
    starts: &[Span],
    last: Option<Block>,
    whole: Span,
) -> StmtKind {
    let mut rest = last.map(|block| {
        let span = block.span;
        Box::new(Stmt {
            kind: StmtKind::Block(block),
            span,
        })
    });
    while heads.len() > 1 {
        let Some((cond, block)) = heads.pop() else {
            break;
        };
        let start = starts.get(heads.len()).copied().unwrap_or(whole);
        let span = Span {
            end: whole.end,
            ..start
        };
        rest = Some(Box::new(Stmt {
            kind: StmtKind::If(cond, block, rest),
            span,
        }));
    }
    match heads.pop() {
        Some((cond, block)) => StmtKind::If(cond, block, rest),
        None => StmtKind::Bad,
    }
}
