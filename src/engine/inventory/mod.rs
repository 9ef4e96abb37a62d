//! Finds the hosts of a domain and proposes the intent. (being built)
