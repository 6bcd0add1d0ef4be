module github.com/handoffhq/handoff/gateway

go 1.26.0

replace github.com/handoffhq/handoff/gen => ../gen
