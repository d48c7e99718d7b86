//! The language of conditions and steps: names, numbers, `==`, `!=`, `!`, `&&`, `||`, parentheses.
//! Here a text becomes a tree; what the names mean is the vocabulary's business.
//!
//! ```text
//! or      = and { "||" and }
//! and     = unary { "&&" unary }
//! unary   = "!" unary | compare
//! compare = primary [ ("==" | "!=") primary ]
//! primary = name | number | "(" or ")"
//! ```

/// A tree with the places of its parts: bytes from the start of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ast {
    Name(usize, String),
    Number(usize, String),
    Not(Box<Ast>),
    All(Vec<Ast>),
    Any(Vec<Ast>),
    Compare { left: Box<Ast>, equal: bool, right: Box<Ast> },
}

/// What is wrong in an expression, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) message: String,
}

impl Wrong {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

impl Ast {
    /// Where it begins.
    pub(super) fn at(&self) -> usize {
        match self {
            Self::Name(at, _) | Self::Number(at, _) => *at,
            Self::Not(inner) => inner.at(),
            Self::All(parts) | Self::Any(parts) => parts.first().map_or(0, Self::at),
            Self::Compare { left, .. } => left.at(),
        }
    }
}

/// Deeper nesting is a mistake, and would use up the stack.
const DEPTH_MAX: usize = 64;

pub(super) fn parse(text: &str) -> Result<Ast, Wrong> {
    let mut parser = Parser { tokens: tokens(text)?, place: 0, end: text.len() };
    let tree = parser.any(0)?;
    match parser.tokens.get(parser.place) {
        None => Ok(tree),
        Some((at, token)) => Err(Wrong::new(*at, format!("{} was not expected here", token.show()))),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    Number(String),
    Sign(&'static str),
}

impl Token {
    fn show(&self) -> String {
        match self {
            Self::Name(text) | Self::Number(text) => text.clone(),
            Self::Sign(sign) => (*sign).to_owned(),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Wrong> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(first) = rest.chars().next()
    {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if let Some(sign) =
            ["&&", "||", "==", "!=", "!", "(", ")"].into_iter().find(|sign| rest.starts_with(sign))
        {
            tokens.push((at, Token::Sign(sign)));
            at += sign.len();
            continue;
        }
        let end = rest.find(|char: char| !is_word(char)).unwrap_or(rest.len());
        if end == 0 {
            return Err(Wrong::new(at, format!("{first:?} does not belong into an expression")));
        }
        let word = rest[..end].to_owned();
        let number = word.chars().all(|char| char.is_ascii_digit());
        tokens.push((at, if number { Token::Number(word) } else { Token::Name(word) }));
        at += end;
    }
    Ok(tokens)
}

fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    place: usize,
    end: usize,
}

impl Parser {
    fn take(&mut self, sign: &'static str) -> bool {
        let found = self.tokens.get(self.place).is_some_and(|(_, token)| *token == Token::Sign(sign));
        self.place += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Ast, Wrong> {
        let mut parts = vec![self.all(depth)?];
        while self.take("||") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Ast::Any(parts) })
    }

    fn all(&mut self, depth: usize) -> Result<Ast, Wrong> {
        let mut parts = vec![self.unary(depth)?];
        while self.take("&&") {
            parts.push(self.unary(depth)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Ast::All(parts) })
    }

    fn unary(&mut self, depth: usize) -> Result<Ast, Wrong> {
        if depth > DEPTH_MAX {
            return Err(Wrong::new(self.at(), "is nested too deeply"));
        }
        if self.take("!") {
            return Ok(Ast::Not(Box::new(self.unary(depth + 1)?)));
        }
        let left = self.primary(depth)?;
        let equal = if self.take("==") {
            true
        } else if self.take("!=") {
            false
        } else {
            return Ok(left);
        };
        let right = self.primary(depth)?;
        Ok(Ast::Compare { left: Box::new(left), equal, right: Box::new(right) })
    }

    fn primary(&mut self, depth: usize) -> Result<Ast, Wrong> {
        let at = self.at();
        if self.take("(") {
            let inner = self.any(depth + 1)?;
            if !self.take(")") {
                return Err(Wrong::new(self.at(), "a ) is missing"));
            }
            return Ok(inner);
        }
        let token = self.tokens.get(self.place).map(|(_, token)| token.clone());
        self.place += 1;
        match token {
            Some(Token::Name(name)) => Ok(Ast::Name(at, name)),
            Some(Token::Number(number)) => Ok(Ast::Number(at, number)),
            Some(Token::Sign(sign)) => Err(Wrong::new(at, format!("a name is missing before {sign}"))),
            None => Err(Wrong::new(at, "a name is missing at the end")),
        }
    }

    fn at(&self) -> usize {
        self.tokens.get(self.place).map_or(self.end, |(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(tree: &Ast) -> String {
        let join = |parts: &[Ast], sign: &str| {
            format!("({})", parts.iter().map(show).collect::<Vec<_>>().join(sign))
        };
        match tree {
            Ast::Name(_, text) | Ast::Number(_, text) => text.clone(),
            Ast::Not(inner) => format!("!{}", show(inner)),
            Ast::All(parts) => join(parts, "&"),
            Ast::Any(parts) => join(parts, "|"),
            Ast::Compare { left, equal, right } => {
                format!("({}{}{})", show(left), if *equal { "=" } else { "≠" }, show(right))
            }
        }
    }

    #[track_caller]
    fn check(text: &str, want: &str) {
        let got = match parse(text) {
            Ok(tree) => show(&tree),
            Err(wrong) => format!("{}: {}", wrong.at, wrong.message),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn and_binds_more_than_or_and_not_more_than_both() {
        check("a", "a");
        check("a || b && !c", "(a|(b&!c))");
        check("(a || b) && c", "((a|b)&c)");
        check("group == 2 || !incident", "((group=2)|!incident)");
        check("!(severity != complex)", "!(severity≠complex)");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        check("", "0: a name is missing at the end");
        check("a &&", "4: a name is missing at the end");
        check("a && || b", "5: a name is missing before ||");
        check("(a || b", "7: a ) is missing");
        check("a b", "2: b was not expected here");
        check("a = b", "2: '=' does not belong into an expression");
        check("a && đường", "5: 'đ' does not belong into an expression");
        check(&format!("{}a", "(".repeat(99)), "65: is nested too deeply");
    }
}
