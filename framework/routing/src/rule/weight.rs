//! The order in which dynamic parts of one state are tried.

/// How specific a dynamic part is; the smaller weight is tried first.
///
/// Compared field by field: more static pieces, longer static pieces, more variables, lighter
/// converters. This is Werkzeug's `Weighting`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Weight {
    statics: isize,
    static_lengths: Vec<(usize, isize)>,
    arguments: isize,
    argument_weights: Vec<i32>,
}

impl Weight {
    /// Counts a static piece of that many characters.
    pub(crate) fn literal(&mut self, length: usize) {
        self.static_lengths
            .push((self.static_lengths.len(), -(length as isize)));
        self.statics -= 1;
    }

    /// Counts a variable whose converter has that weight.
    pub(crate) fn variable(&mut self, weight: i32) {
        self.argument_weights.push(weight);
        self.arguments -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Weight;

    #[test]
    fn specific_parts_weigh_less() {
        let weight = |literals: &[usize], variables: &[i32]| {
            let mut weight = Weight::default();
            literals.iter().for_each(|length| weight.literal(*length));
            variables.iter().for_each(|one| weight.variable(*one));
            weight
        };
        let sorted = [
            weight(&[1, 1], &[200]),
            weight(&[3], &[100]),
            weight(&[1], &[50, 50]),
            weight(&[1], &[50]),
            weight(&[], &[100, 100]),
            weight(&[], &[50]),
            weight(&[], &[100]),
        ];
        assert!(sorted.is_sorted(), "{sorted:?}");
    }
}
