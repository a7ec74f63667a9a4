using Microsoft.Extensions.DependencyInjection;

namespace OrleansBroker.Api.Frame.Description;

internal static class ApiDocumentExtensions
{
    /// <summary>Adds the document of the endpoints below a path.</summary>
    public static void AddApiDocument(this IServiceCollection services, string prefix)
    {
        services.AddSingleton<ApiDocument>();
        services.AddOpenApi(ApiDocument.Name, options =>
        {
            options.ShouldInclude = endpoint => $"/{endpoint.RelativePath}".StartsWith(prefix, StringComparison.Ordinal);
            options.AddSchemaTransformer<AbsentMembers>();
            options.AddOperationTransformer<OperationDescription>();
            options.AddDocumentTransformer<DocumentDescription>();
        });
    }
}
