// Package browsertest looks at the pages of a running suite in a real browser, as its users do.
//
// It needs Chromium (or Chrome) on the machine and is a module of its own, so that what drives the browser belongs to no
// service. `make browser-test` runs it. With HANDOFF_TEST_SCREENSHOTS the tests leave pictures of the pages in that
// directory.
package browsertest
