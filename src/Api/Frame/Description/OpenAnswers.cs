using Microsoft.OpenApi;

namespace OrleansBroker.Api.Frame.Description;

/// <summary>A body has no members beyond those that are described; an answer may get more in time, and clients must not mind.</summary>
internal static class OpenAnswers
{
    public static void Apply(OpenApiDocument document)
    {
        var ofBodies = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()))
        {
            foreach (var media in operation.RequestBody?.Content?.Values ?? [])
                Collect(media.Schema, ofBodies);
        }
        foreach (var (name, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (!ofBodies.Contains(name) && schema is OpenApiSchema open)
                open.AdditionalPropertiesAllowed = true;
        }
    }

    private static void Collect(IOpenApiSchema? schema, HashSet<string> names)
    {
        if (schema is null || (schema is OpenApiSchemaReference { Reference.Id: { } name } && !names.Add(name)))
            return;
        Collect(schema.Items, names);
        foreach (var part in (schema.Properties?.Values ?? Enumerable.Empty<IOpenApiSchema>()).Concat(schema.OneOf ?? []).Concat(schema.AnyOf ?? []).Concat(schema.AllOf ?? []))
            Collect(part, names);
    }
}
