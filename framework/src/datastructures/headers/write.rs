//! Changing a list of fields.

use http::HeaderName;
use http::HeaderValue;

use super::Headers;
use super::IntoHeaderName;
use super::IntoHeaderValue;
use super::InvalidHeader;
use super::TryIntoHeaderName;
use super::TryIntoHeaderValue;
use super::is_name;
use crate::grammar::options::dump_options_header;

impl Headers {
    /// Replaces all fields of a name with one, at the first one's place.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// headers.set("x-a", "2");
    /// assert!(headers.get_list("x-a").eq(["2"]));
    /// ```
    ///
    /// # Panics
    ///
    /// If a literal is no valid name or value.
    #[inline]
    pub fn set(&mut self, name: impl IntoHeaderName, value: impl IntoHeaderValue) {
        self.replace(name.into_header_name(), value.into_header_value());
    }

    /// Adds a field, keeping those of the same name.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("set-cookie", "a=b");
    /// headers.add("set-cookie", "c=d");
    /// assert!(headers.get_list("set-cookie").eq(["a=b", "c=d"]));
    /// ```
    ///
    /// # Panics
    ///
    /// If a literal is no valid name or value.
    #[inline]
    pub fn add(&mut self, name: impl IntoHeaderName, value: impl IntoHeaderValue) {
        let field = (name.into_header_name(), value.into_header_value());
        self.fields.push(field);
    }

    /// Adds a field unless there is one of that name; returns the first value.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.set_default("x-a", "1");
    /// headers.set_default("x-a", "2");
    /// assert_eq!(headers.get("x-a"), Some("1"));
    /// ```
    ///
    /// # Panics
    ///
    /// If a literal is no valid name or value.
    pub fn set_default(
        &mut self,
        name: impl IntoHeaderName,
        value: impl IntoHeaderValue,
    ) -> &HeaderValue {
        let name = name.into_header_name();
        let at = self.position(name.as_str());
        let fields = self.list();
        let at = at.unwrap_or_else(|| {
            fields.push((name, value.into_header_value()));
            fields.len() - 1
        });
        &fields[at].1
    }

    /// As [`set`](Self::set), for text that is made at run time.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// let name = String::from("ada");
    /// headers.try_set("x-user", &name)?;
    /// assert!(headers.try_set("x-user", "a\r\nset-cookie: b").is_err());
    /// assert_eq!(headers.get("x-user"), Some("ada"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value holds a control character other than a tab.
    pub fn try_set(
        &mut self,
        name: impl TryIntoHeaderName,
        value: impl TryIntoHeaderValue,
    ) -> Result<(), InvalidHeader> {
        self.replace(name.try_into_header_name()?, value.try_into_header_value()?);
        Ok(())
    }

    /// As [`add`](Self::add), for text that is made at run time.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.try_add("x-a", String::from("1"))?;
    /// headers.try_add("x-a", String::from("2"))?;
    /// assert_eq!(headers.len(), 2);
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value holds a control character other than a tab.
    pub fn try_add(
        &mut self,
        name: impl TryIntoHeaderName,
        value: impl TryIntoHeaderValue,
    ) -> Result<(), InvalidHeader> {
        let field = (name.try_into_header_name()?, value.try_into_header_value()?);
        self.fields.push(field);
        Ok(())
    }

    /// Replaces all fields of a name with several; removes them if there are no values.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.try_set_list("x-a", ["1", "2"])?;
    /// assert!(headers.get_list("x-a").eq(["1", "2"]));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is no token, or a value holds a control character; nothing is changed then.
    pub fn try_set_list<V: TryIntoHeaderValue>(
        &mut self,
        name: impl TryIntoHeaderName,
        values: impl IntoIterator<Item = V>,
    ) -> Result<(), InvalidHeader> {
        let name = name.try_into_header_name()?;
        let values = values.into_iter().map(V::try_into_header_value);
        let values: Vec<HeaderValue> = values.collect::<Result<_, _>>()?;
        let mut values = values.into_iter();
        match values.next() {
            Some(first) => self.replace(name.clone(), first),
            None => drop(self.remove(&name)),
        }
        self.fields
            .extend(values.map(|value| (name.clone(), value)));
        Ok(())
    }

    /// Adds a field whose value has parameters, quoted where they must be.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Headers;
    ///
    /// let mut headers = Headers::new();
    /// headers.try_add_params("content-disposition", "attachment", [("filename", "a b")])?;
    /// assert_eq!(headers.get("Content-Disposition"), Some("attachment; filename=\"a b\""));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value holds a control character other than a tab.
    pub fn try_add_params<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        name: impl TryIntoHeaderName,
        value: &str,
        params: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), InvalidHeader> {
        let params = params.into_iter().map(|(key, value)| (key, Some(value)));
        self.try_add(name, dump_options_header(Some(value), params))
    }

    /// As [`try_add_params`](Self::try_add_params), but replaces the fields of that name.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.try_set_params("content-type", "text/html", [("charset", "utf-8")])?;
    /// assert_eq!(headers.get("content-type"), Some("text/html; charset=utf-8"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value holds a control character other than a tab.
    pub fn try_set_params<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        name: impl TryIntoHeaderName,
        value: &str,
        params: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), InvalidHeader> {
        let params = params.into_iter().map(|(key, value)| (key, Some(value)));
        self.try_set(name, dump_options_header(Some(value), params))
    }

    /// As [`set_default`](Self::set_default), for text that is made at run time.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.try_set_default("x-a", "1")?;
    /// headers.try_set_default("x-a", "2")?;
    /// assert_eq!(headers.get("x-a"), Some("1"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value is needed and holds a control character.
    pub fn try_set_default(
        &mut self,
        name: impl TryIntoHeaderName,
        value: impl TryIntoHeaderValue,
    ) -> Result<&HeaderValue, InvalidHeader> {
        let name = name.try_into_header_name()?;
        let at = match self.position(name.as_str()) {
            Some(at) => at,
            None => {
                self.try_add(name, value)?;
                self.len() - 1
            }
        };
        Ok(&self.list()[at].1)
    }

    /// Removes all fields of a name; returns the first value.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// assert!(headers.remove("X-A").is_some());
    /// assert!(headers.remove("X-A").is_none());
    /// ```
    pub fn remove(&mut self, name: impl AsRef<str>) -> Option<HeaderValue> {
        let name = name.as_ref();
        let at = self.position(name)?;
        let fields = self.list();
        let (_, value) = fields.remove(at);
        fields.retain(|(other, _)| !is_name(other, name));
        Some(value)
    }

    /// Removes the last field.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// let (name, value) = headers.pop_item().unwrap();
    /// assert_eq!((name.as_str(), value.as_bytes()), ("x-a", &b"1"[..]));
    /// ```
    pub fn pop_item(&mut self) -> Option<(HeaderName, HeaderValue)> {
        self.list().pop()
    }

    /// Keeps the fields for which `keep` is true.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// headers.add("date", "now");
    /// headers.retain(|name, _| !name.as_str().starts_with("x-"));
    /// assert_eq!(headers.len(), 1);
    /// ```
    pub fn retain(&mut self, mut keep: impl FnMut(&HeaderName, &HeaderValue) -> bool) {
        self.list().retain(|(name, value)| keep(name, value));
    }

    /// Removes everything.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// headers.clear();
    /// assert!(headers.is_empty());
    /// ```
    pub fn clear(&mut self) {
        self.constant = None;
        self.fields.clear();
    }

    /// Replaces the fields of each name that `others` has with those of `others`.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// let mut others = Headers::new();
    /// others.add("x-a", "2");
    /// headers.update(others);
    /// assert!(headers.get_list("x-a").eq(["2"]));
    /// ```
    pub fn update(&mut self, others: impl IntoIterator<Item = (HeaderName, HeaderValue)>) {
        let others: Self = others.into_iter().collect();
        let mut seen: Vec<&HeaderName> = Vec::new();
        for (name, value) in &others {
            if seen.contains(&name) {
                self.fields.push((name.clone(), value.clone()));
            } else {
                seen.push(name);
                self.replace(name.clone(), value.clone());
            }
        }
    }

    fn replace(&mut self, name: HeaderName, value: HeaderValue) {
        let Some(at) = self.iter().position(|(other, _)| *other == name) else {
            self.fields.push((name, value));
            return;
        };
        let fields = self.list();
        let mut index = 0;
        fields.retain(|field| {
            index += 1;
            index <= at + 1 || field.0 != name
        });
        fields[at] = (name, value);
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.iter().position(|(other, _)| is_name(other, name))
    }
}
