module github.com/handoffhq/handoff/gen/tools/lint

go 1.26.0
