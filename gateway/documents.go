package gateway

import (
	"net/http"

	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"

	"github.com/handoffhq/handoff/gen/openapi"
)

// documents serves the description of the API, and a page to browse it.
func documents(mux *http.ServeMux) {
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(openapi.JSON) // whoever has left needs no answer
	})
	mux.Handle("GET /docs/", v5emb.NewHandlerWithConfig(swgui.Config{
		Title: "Handoff", SwaggerJSON: "/openapi.json", BasePath: "/docs/", HideCurl: false,
		SettingsUI: map[string]string{"persistAuthorization": "true", "docExpansion": `"none"`},
	}))
	mux.Handle("GET /{$}", http.RedirectHandler("/docs/", http.StatusFound))
}
