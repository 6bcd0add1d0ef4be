// Command handoff runs the suite and talks to it.
//
// Settings come from flags, from the environment (HANDOFF_ and the flag's name in capitals, such as HANDOFF_DATABASE), in
// this order. `handoff help COMMAND` explains each command with examples.
package main
