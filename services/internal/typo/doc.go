// Package typo tells how far two words are apart, so that a message about an unknown name can say which was meant.
package typo
