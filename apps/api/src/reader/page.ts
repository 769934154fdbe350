/** The page around the reader. It runs no script of its own and loads from its own origin alone. */
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Personr processor: API reference</title>
    <link rel="icon" type="image/png" href="/docs/favicon.png" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="stylesheet" href="/docs/reader.css" />
  </head>
  <body>
    <noscript>
      <main class="plain">
        <h1>Personr processor: API reference</h1>
        <p>This page needs JavaScript to lay the contract out. <a href="/openapi.json">openapi.json</a> is the contract
        itself (OpenAPI 3.1); any OpenAPI reader shows it.</p>
      </main>
    </noscript>
    <div id="reader"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/reader.js"></script>
  </body>
</html>
`;

/** Starts the reader. `validatorUrl: null` keeps it from asking validator.swagger.io. */
export const SCRIPT = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reader',
  deepLinking: true,
  validatorUrl: null,
  docExpansion: 'list',
  defaultModelRendering: 'example',
  defaultModelExpandDepth: 2,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  requestSnippetsEnabled: true,
  requestSnippets: { languages: ['curl_bash'] },
});
`;

/** Room for the text, and tables that can be read. */
export const STYLE = `body { margin: 0; background: #fff; }
.plain { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
.swagger-ui .wrapper { max-width: 72rem; }
.swagger-ui .info { margin: 2rem 0; }
.swagger-ui .info .markdown { max-width: 48rem; }
.swagger-ui .markdown p, .swagger-ui .markdown li { font-size: 0.9375rem; line-height: 1.55; }
.swagger-ui .markdown table { display: block; overflow-x: auto; }
.swagger-ui .opblock .opblock-summary-path { max-width: none; overflow-wrap: anywhere; }
.swagger-ui .opblock-description-wrapper p { font-size: 0.9375rem; }
@media (max-width: 40rem) {
  .swagger-ui .opblock-body { overflow-x: auto; }
  .swagger-ui select, .swagger-ui input[type=text] { min-width: 0; max-width: 100%; }
  .swagger-ui .wrapper { padding: 0 0.75rem; }
  .swagger-ui .info hgroup.main .title { font-size: 1.5rem; overflow-wrap: anywhere; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock .opblock-summary-description { flex-basis: 100%; padding-left: 0.5rem; }
  .swagger-ui .parameters-col_name { width: 8rem; }
}
`;
