using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrleansBroker.Api.Frame.Description;

/// <summary>What does not apply is absent, never null: a member that need not be there is not said to be null either.</summary>
internal sealed class AbsentMembers : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (string name in (schema.Properties?.Keys ?? []).Except(schema.Required ?? new HashSet<string>()).ToList())
            schema.Properties![name] = WithoutNull(schema.Properties[name]);
        return Task.CompletedTask;
    }

    private static IOpenApiSchema WithoutNull(IOpenApiSchema member)
    {
        if (member is not OpenApiSchema schema)
            return member;
        schema.Type &= ~JsonSchemaType.Null;
        // A type of ours that may be null is "null or that type".
        return schema.OneOf is { Count: 2 } either && either.SingleOrDefault(static each => each.Type != JsonSchemaType.Null) is { } only ? only : schema;
    }
}
