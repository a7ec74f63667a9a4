using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrleansBroker.Api.Frame.Description;

/// <summary>What stands once in the document: title, security, the shape of problems.</summary>
internal sealed class DocumentDescription : IOpenApiDocumentTransformer
{
    public const string SecurityScheme = "apiKey";
    public const string ProblemSchema = "Problem";

    private const string Overview =
        "Sessions, subscriptions, retained messages and nodes of the broker: asked and changed. "
        + "A client id, topic or filter in a path is percent-encoded once (a / is %2F), or ~ and the unpadded base64url of its UTF-8; one that begins with ~, and . and .., only so. "
        + "Query parameters that an endpoint does not have are refused. Times are RFC 3339.";

    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = "Orleans Broker",
            Version = ApiDocument.Name,
            Description = Overview,
            License = new() { Name = "MIT", Identifier = "MIT" },
        };
        // The document is the same from every node.
        document.Servers = [new() { Url = "/" }];
        document.AddComponent(SecurityScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A key of `orleans-broker api-key add`. A node without keys answers on its own machine only, and needs none.",
        });
        document.Security = [new() { [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [] }];
        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemBody), parameterDescription: null, cancellationToken);
        if (problem.Properties?["code"] is OpenApiSchema code)
            code.Enum = [.. ApiProblem.All.Select(each => (JsonNode)JsonValue.Create(each.Code))];
        document.AddComponent(ProblemSchema, problem);
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = ApiTags.Descriptions.GetValueOrDefault(tag.Name ?? "");
        OpenAnswers.Apply(document);
    }
}
