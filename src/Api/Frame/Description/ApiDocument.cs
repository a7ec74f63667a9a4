using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace OrleansBroker.Api.Frame.Description;

/// <summary>The OpenAPI 3.1 document, made of the endpoints when it is first asked for.</summary>
internal sealed class ApiDocument(IServiceProvider services)
{
    public const string Name = "v1";

    // Two that ask first make it twice, which is no harm.
    private volatile byte[]? _json;

    /// <summary>UTF-8.</summary>
    public async ValueTask<byte[]> GetAsync(CancellationToken cancellation)
    {
        if (_json is { } json)
            return json;
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(cancellation);
        string text = await document.SerializeAsync(OpenApiSpecVersion.OpenApi3_1, OpenApiConstants.Json, cancellation);
        return _json = Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n") + "\n");
    }
}
