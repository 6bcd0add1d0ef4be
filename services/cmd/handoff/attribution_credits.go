package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/handoffhq/handoff/services/internal/calculator"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// creditsCSV writes a row for each channel, after its model where there may be several.
func creditsCSV(out io.Writer, found []calculator.Credits, several bool) error {
	w := csv.NewWriter(out)
	header, effects := []string{"channel", "conversions", "value"}, several
	for _, c := range found {
		effects = effects || c.States > 0
	}
	if effects {
		header = append(header, "removal_effect")
	}
	if several {
		header = append([]string{"model"}, header...)
	}
	_ = w.Write(header) // the writer keeps its error
	for _, c := range found {
		for _, channel := range c.Channels {
			row := []string{channel.Name, channel.Conversions.String(), channel.Value.String()}
			if effects {
				row = append(row, effect(channel))
			}
			if several {
				row = append([]string{c.Model}, row...)
			}
			_ = w.Write(row) // the writer keeps its error
		}
	}
	w.Flush()
	return w.Error()
}

// effect writes a removal effect with all its digits; nothing where a model has none.
func effect(c calculator.Channel) string {
	if c.Effect == nil {
		return ""
	}
	return strconv.FormatFloat(*c.Effect, 'f', -1, 64)
}

// creditsOfModel are credits as JSON has them. Numbers have all their digits.
type creditsOfModel struct {
	Model       string             `json:"model"`
	Conversions json.Number        `json:"conversions"`
	Value       json.Number        `json:"value"`
	States      int                `json:"states,omitempty"`
	ErrorBound  float64            `json:"error_bound,omitempty"`
	Other       []string           `json:"other,omitempty"` // the channels that are one
	Channels    []creditsOfChannel `json:"channels"`
}

type creditsOfChannel struct {
	Channel       string      `json:"channel"`
	Conversions   json.Number `json:"conversions"`
	Value         json.Number `json:"value"`
	RemovalEffect *float64    `json:"removal_effect,omitempty"`
}

func creditsJSON(out io.Writer, found []calculator.Credits) error {
	models := make([]creditsOfModel, len(found))
	for i, c := range found {
		models[i] = creditsOfModel{
			Model: c.Model, Conversions: number(c.Conversions), Value: number(c.Value), States: c.States, ErrorBound: c.Error, Other: c.Grouped,
			Channels: make([]creditsOfChannel, len(c.Channels)),
		}
		for j, of := range c.Channels {
			models[i].Channels[j] = creditsOfChannel{Channel: of.Name, Conversions: number(of.Conversions), Value: number(of.Value), RemovalEffect: of.Effect}
		}
	}
	return writeJSON(out, struct {
		Models []creditsOfModel `json:"models"`
	}{models})
}

func number(a calculator.Amount) json.Number { return json.Number(a.String()) }

// creditsText writes a table for each model, rounded for people.
func creditsText(out io.Writer, found []calculator.Credits) error {
	p := figures.New(out)
	for _, c := range found {
		p.Title("%s: %s conversions worth %s", c.Model, c.Conversions.Rounded(0), c.Value.Rounded(2))
		head := []string{"channel", "conversions", "share", "value"}
		if c.States > 0 {
			head = append(head, "removal effect")
		}
		p.Head(head...)
		for _, channel := range c.Channels {
			row := []string{channel.Name, channel.Conversions.Rounded(2), creditShare(channel.Conversions, c.Conversions), channel.Value.Rounded(2)}
			if channel.Effect != nil {
				row = append(row, strconv.FormatFloat(*channel.Effect, 'f', 6, 64))
			}
			p.Row(row...)
		}
		if len(c.Grouped) > 0 {
			p.Line("other: %s", strings.Join(c.Grouped, ", "))
		}
	}
	return p.Flush()
}

// creditShare writes a part of a whole.
func creditShare(part, whole calculator.Amount) string {
	of := whole.Rat()
	if of.Sign() == 0 {
		return "-"
	}
	share := new(big.Rat).Quo(part.Rat(), of)
	return share.Mul(share, big.NewRat(100, 1)).FloatString(1) + " %"
}
