package document

// The limits of a document and of the answer about it.
const (
	MaxBytes    = 512 << 10 // of the YAML
	MaxNesting  = 32        // lists and mappings inside one another
	MaxProblems = 200       // reported at once
)
