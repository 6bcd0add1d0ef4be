package apisuite

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"google.golang.org/genproto/googleapis/api/httpbody"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// restDoor calls over REST.
type restDoor struct {
	url string
}

// call sends the request that the method's annotation describes. It takes the first message of a stream as its answer.
func (d restDoor) call(ctx context.Context, c call) (answer, error) {
	r, err := spellREST(c.method.rule, c.request)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", c.method, err)
	}
	if c.json != nil {
		r.body = []byte(*c.json)
	}
	r.headers = c.headers
	return d.take(ctx, c.token, c.method, r)
}

// take sends a request to a method and reads its answer.
func (d restDoor) take(ctx context.Context, token string, m *method, r restRequest) (answer, error) {
	resp, err := d.send(ctx, token, r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refusedREST(resp)
	}
	read := readWhole
	if m.desc.IsStreamingServer() {
		read = readFirst
	}
	response := m.response()
	if document, ok := response.(*httpbody.HttpBody); ok {
		document.ContentType, read = resp.Header.Get("Content-Type"), readDocument
	}
	if err := read(resp.Body, response); err != nil {
		return answer{}, fmt.Errorf("%s: read the answer: %w", m, err)
	}
	a, err := responded(response)
	a.http = resp.StatusCode
	return a, errors.Join(err, sameETag(resp.Header.Get("ETag"), a))
}

// restRequest is a request before it is sent.
type restRequest struct {
	verb, path string // the path with its query
	headers    map[string]string
	body       []byte
}

func (d restDoor) send(ctx context.Context, token string, r restRequest) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.verb, d.url+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for name, value := range r.headers {
		req.Header.Set(name, value)
	}
	return http.DefaultClient.Do(req)
}

// raw sends what no method stands for.
func (d restDoor) raw(ctx context.Context, token string, r restRequest) (answer, error) {
	resp, err := d.send(ctx, token, r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusBadRequest {
		return refusedREST(resp)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	var a answer
	if resp.Header.Get("Content-Type") == "application/json" {
		a.Response, err = readJSON(text)
	}
	a.http = resp.StatusCode
	return a, err
}

// refusedREST reads an error. What does not come from the API, such as an address outside it, has no google.rpc.Status.
func refusedREST(resp *http.Response) (answer, error) {
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{Code: codes.Unknown, Message: string(text)}
	if resp.Header.Get("Content-Type") == "application/json" {
		var line struct{ Error json.RawMessage } // of a stream
		if err := json.Unmarshal(text, &line); err == nil && line.Error != nil {
			text = line.Error
		}
		var st spb.Status
		if err := protojson.Unmarshal(text, &st); err != nil {
			return answer{}, fmt.Errorf("read the error %s: %w", text, err)
		}
		a = refused(status.FromProto(&st))
	}
	a.http = resp.StatusCode
	return a, nil
}

func readWhole(from io.Reader, into proto.Message) error {
	text, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	return protojson.Unmarshal(text, into)
}

// readDocument reads an answer that is not JSON.
func readDocument(from io.Reader, into proto.Message) (err error) {
	document, _ := into.(*httpbody.HttpBody)
	document.Data, err = io.ReadAll(from)
	return err
}

// readFirst reads the first message of a stream, which comes as one line.
func readFirst(from io.Reader, into proto.Message) error {
	line, err := bufio.NewReader(from).ReadBytes('\n')
	if err != nil {
		return err
	}
	var part struct{ Result, Error json.RawMessage }
	if err := json.Unmarshal(line, &part); err != nil {
		return err
	}
	if part.Error != nil {
		return fmt.Errorf("the stream ended with %s", part.Error)
	}
	return protojson.Unmarshal(part.Result, into)
}

// sameETag reports a header that is not the resource's etag.
func sameETag(header string, a answer) error {
	if tag, has := find(a.Response, "etag").(string); has && header != tag {
		return fmt.Errorf("the ETag header is %q, the etag %q", header, tag)
	}
	return nil
}
