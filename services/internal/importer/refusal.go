package importer

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	rpccode "google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// verdict is what an answer means for the rows behind the call.
type verdict int

const (
	taken    verdict = iota // they are in
	again                   // nothing is known; the same call may yet succeed
	refused                 // nothing was changed, and never will be by this call
	hopeless                // it is not about the rows: nothing can be imported this way
)

// judge says what an answer means. The codes are the promise of the API: of UNAVAILABLE and its like the outcome is
// unknown, any other says that nothing was changed.
func judge(err error) verdict {
	if err == nil {
		return taken
	}
	st := answered(err)
	if st == nil {
		return hopeless
	}
	switch st.Code() {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Internal, codes.Unknown, codes.Aborted:
		return again
	case codes.ResourceExhausted:
		if retryAfter(err) > 0 {
			return again
		}
		return refused // the message is too large
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.FailedPrecondition, codes.OutOfRange:
		return refused
	default:
		return hopeless
	}
}

// answered is the status that the suite, or the connection to it, answered with; nil for an error from elsewhere.
func answered(err error) *status.Status {
	var s interface{ GRPCStatus() *status.Status }
	if errors.As(err, &s) {
		return s.GRPCStatus()
	}
	return nil
}

// retryAfter is how long the suite asks to wait; 0 if it does not.
func retryAfter(err error) time.Duration {
	for _, detail := range answered(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return info.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

// refusal is what the suite says of a batch that it refused.
type refusal struct {
	reason, field, message string
	at                     int // the place in the batch that it complains of; -1 if it names none
}

// element is the beginning of a field's path in a batch: `requests[3].lead.`.
var element = regexp.MustCompile(`^\w+\[(\d+)\]\.?(?:(?:lead|account|opportunity)\.)?`)

func refusalOf(err error) refusal {
	st := answered(err)
	r := refusal{reason: rpccode.Code(st.Code()).String(), message: st.Message(), at: -1}
	for _, detail := range st.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			r.reason = d.GetReason()
		case *errdetails.BadRequest:
			if len(d.GetFieldViolations()) > 0 {
				v := d.GetFieldViolations()[0]
				r.field, r.message = v.GetField(), v.GetDescription()
			}
		}
	}
	if found := element.FindStringSubmatch(r.field); found != nil {
		r.field = strings.TrimPrefix(r.field, found[0])
		if at, err := strconv.Atoi(found[1]); err == nil {
			r.at = at
		}
	}
	return r
}

// parts says where to part a batch that was refused: around the row that the refusal complains of, else in the middle.
// Each end is the beginning of the next part; the last is the size of the batch.
func (r refusal) parts(size int) []int {
	if r.at < 0 || r.at >= size {
		return []int{size / 2, size}
	}
	var ends []int
	if r.at > 0 {
		ends = append(ends, r.at)
	}
	ends = append(ends, r.at+1)
	if r.at+1 < size {
		ends = append(ends, size)
	}
	return ends
}
