package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func routePreviewCommand() *cobra.Command {
	var f clientFlags
	var file, routes string
	var qualified bool
	cmd := &cobra.Command{
		Use:   "preview LEAD | --csv FILE",
		Short: "Try out where a lead would go, or what everybody would get of a file of leads",
		Long: `Decides as it really would, with the reps, pools and hours of now. Nothing is stored, and nobody's turn is spent.

A file has a heading and a lead a row, in the order in which they would qualify. Its columns are any of
  ` + strings.Join(previewColumns(), ", ") + `.
A row with a lead is one that the suite knows; another is supposed. FILE may be - for standard input, and of any length. What
everybody would get of it is printed; where each row would go, --routes writes into a file.`,
		Example: "  handoff route preview 019cadc69afb7c1e9a0f3c1d2e4b5a69\n  handoff route preview --csv fair.csv --qualified --routes routes.csv",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (file != "") {
				return errors.New("give a lead, or a file by --csv")
			}
			if file == "" && routes != "" {
				return errors.New("--routes goes with --csv")
			}
			if file != "" {
				return previewFile(cmd, &f, file, routes, qualified)
			}
			id := strings.TrimPrefix(args[0], "leads/")
			if !hexID(id) {
				return fmt.Errorf("%q is not an id of 32 digits, as in the examples; GET /v1/leads lists them", args[0])
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*routingv1.PreviewRoutesResponse, error) {
				return routingv1.NewRoutingServiceClient(conn).PreviewRoutes(cmd.Context(), &routingv1.PreviewRoutesRequest{Detailed: true,
					OnlyQualified: qualified, Leads: []*routingv1.PreviewedLead{{Lead: &routingv1.PreviewedLead_Name{Name: "leads/" + id}}}})
			}, printPreview)
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&file, "csv", "", "file of leads, - for standard input")
	cmd.Flags().StringVar(&routes, "routes", "", "file to write where each row would go, as CSV")
	cmd.Flags().BoolVar(&qualified, "qualified", false, "leads that would not qualify by the playbook go nowhere")
	return cmd
}

// printPreview prints where one lead would go.
func printPreview(w io.Writer, resp *routingv1.PreviewRoutesResponse) error {
	out := figures.New(w)
	for _, r := range resp.GetRoutes() {
		switch {
		case r.GetError() != nil:
			return errors.New(r.GetError().GetMessage())
		case r.GetDisqualifier() != "":
			out.Line("It is disqualified by %s.", r.GetDisqualifier())
		case !r.GetQualified():
			out.Line("It does not qualify by the playbook in force.")
		}
		if r.GetDecision() != nil {
			out.Decision(r.GetDecision())
		}
	}
	return out.Flush()
}

// perPreview is how many leads of a file are tried out at once.
const perPreview = 500

// previewFile tries out the rows of a file, part by part.
func previewFile(cmd *cobra.Command, f *clientFlags, path, routes string, qualified bool) (err error) {
	in := cmd.InOrStdin()
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	rows, err := previewRows(in)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	conn, done, err := f.connect(readers...)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // the command is over
	written, err := newRoutesFile(routes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, written.close()) }()
	load, err := previewAll(cmd, routingv1.NewRoutingServiceClient(conn), rows, written, qualified)
	if err != nil {
		return err
	}
	return f.print(cmd, load, func() error {
		out := figures.New(cmd.OutOrStdout())
		out.Load(load)
		return out.Flush()
	})
}

// previewAll sends leads part by part, says on the error output which could not be read, writes where each would go, and gives
// the load of all.
func previewAll(cmd *cobra.Command, routing routingv1.RoutingServiceClient, rows func() (*routingv1.PreviewedLead, error), to *routesFile,
	qualified bool) (*routingv1.RouteLoad, error) {
	stream, err := routing.StreamPreviewRoutes(cmd.Context())
	if err != nil {
		return nil, err
	}
	for line, end := 2, false; !end; {
		req := &routingv1.StreamPreviewRoutesRequest{OnlyQualified: qualified}
		for len(req.GetLeads()) < perPreview && !end {
			lead, err := rows()
			switch {
			case errors.Is(err, io.EOF):
				end = true
			case err != nil:
				return nil, err
			default:
				req.Leads = append(req.GetLeads(), lead)
			}
		}
		if len(req.GetLeads()) == 0 {
			break
		}
		if err := stream.Send(req); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		resp, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		for i, r := range resp.GetRoutes() {
			if r.GetError() != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "row %d: %s\n", line+i, r.GetError().GetMessage())
			}
			to.add(line+i, r)
		}
		line += len(resp.GetRoutes())
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	last, err := stream.Recv()
	if errors.Is(err, io.EOF) {
		return &routingv1.RouteLoad{}, nil
	}
	return last.GetLoad(), err
}

// columns are what the columns of a file say of a supposed lead.
var columns = map[string]func(*scoringv1.ScoreLeadRequest, string) error{
	"source":          func(r *scoringv1.ScoreLeadRequest, v string) error { r.Lead.Source = v; return nil },
	"source_id":       func(r *scoringv1.ScoreLeadRequest, v string) error { r.Lead.SourceId = v; return nil },
	"email":           func(r *scoringv1.ScoreLeadRequest, v string) error { r.Lead.Email = v; return nil },
	"title":           func(r *scoringv1.ScoreLeadRequest, v string) error { r.Lead.Title = v; return nil },
	"country":         func(r *scoringv1.ScoreLeadRequest, v string) error { r.Lead.Country = v; return nil },
	"company":         func(r *scoringv1.ScoreLeadRequest, v string) error { company(r).DisplayName = v; return nil },
	"domain":          func(r *scoringv1.ScoreLeadRequest, v string) error { company(r).Domains = []string{v}; return nil },
	"industry":        func(r *scoringv1.ScoreLeadRequest, v string) error { company(r).Industry = v; return nil },
	"account_country": func(r *scoringv1.ScoreLeadRequest, v string) error { company(r).Country = v; return nil },
	"owner": func(r *scoringv1.ScoreLeadRequest, v string) error {
		company(r).Owner = "reps/" + strings.TrimPrefix(v, "reps/")
		return nil
	},
	"employees": func(r *scoringv1.ScoreLeadRequest, v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		company(r).Employees = proto.Int64(n)
		return err
	},
}

// company is the account of a supposed lead.
func company(r *scoringv1.ScoreLeadRequest) *scoringv1.Account {
	if r.GetAccount() == nil {
		r.Account = &scoringv1.Account{}
	}
	return r.GetAccount()
}

// previewColumns are the names of the columns that a file may have.
func previewColumns() []string {
	names := []string{"lead"}
	for name := range columns {
		names = append(names, name)
	}
	slices.Sort(names[1:])
	return names
}

// previewRows reads the heading of a file, and gives what reads the next row.
func previewRows(in io.Reader) (func() (*routingv1.PreviewedLead, error), error) {
	r := csv.NewReader(in)
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("read the heading: %w", err)
	}
	head = slices.Clone(head)
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(head[i], "\ufeff")))
		if head[i] != "lead" && columns[head[i]] == nil {
			return nil, fmt.Errorf("there is no column %q; there are %s", head[i], strings.Join(previewColumns(), ", "))
		}
	}
	return func() (*routingv1.PreviewedLead, error) {
		row, err := r.Read()
		if err != nil {
			return nil, err
		}
		req := &scoringv1.ScoreLeadRequest{Lead: &scoringv1.Lead{Source: "preview"}}
		for i, value := range row {
			switch {
			case value == "":
			case head[i] == "lead":
				return &routingv1.PreviewedLead{Lead: &routingv1.PreviewedLead_Name{Name: "leads/" + strings.TrimPrefix(value, "leads/")}}, nil
			default:
				if err := columns[head[i]](req, value); err != nil {
					line, _ := r.FieldPos(i)
					return nil, fmt.Errorf("line %d, %s: %w", line, head[i], err)
				}
			}
		}
		return &routingv1.PreviewedLead{Lead: &routingv1.PreviewedLead_Supposed{Supposed: req}}, nil
	}, nil
}
