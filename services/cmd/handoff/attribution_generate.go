package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/paths"
)

func generateCommand() *cobra.Command {
	var m paths.Made
	var out string
	cmd := &cobra.Command{
		Use:   "generate [--journeys=N]",
		Short: "Make journeys up, to try the calculator or to measure it with",
		Long: `Writes a file for handoff attribution compute --paths, with a row for each of some made-up journeys. Some channels are met more
often than others, each step is the last with the same chance, one journey in five converts, and it is worth 10 to 999. The
same flags make the same bytes on any machine.`,
		Example: `  handoff attribution generate --journeys=1000000 --out=journeys.csv
  handoff attribution generate --journeys=1000 --channels=40 --mean=6 --seed=2 | handoff attribution compute --paths=- --order=2`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return generate(cmd, m, out) },
	}
	flags := cmd.Flags()
	flags.Int64Var(&m.Journeys, "journeys", 100_000, "how many")
	flags.IntVar(&m.Channels, "channels", 12, "over how many channels")
	flags.IntVar(&m.Mean, "mean", 4, "how many steps they have in the mean")
	flags.Uint64Var(&m.Seed, "seed", 1, "other seeds make other journeys")
	flags.StringVar(&out, "out", "", "file to write to (default standard output)")
	return cmd
}

func generate(cmd *cobra.Command, m paths.Made, out string) (err error) {
	to := cmd.OutOrStdout()
	if out != "" {
		file, err := os.Create(out)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		to = file
	}
	return paths.Generate(to, m)
}
