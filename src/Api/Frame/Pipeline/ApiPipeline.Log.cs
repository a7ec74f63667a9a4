using Microsoft.Extensions.Logging;

namespace OrleansBroker.Api.Frame.Pipeline;

// Event ids 1400 to 1409; next free: 1402. The path is as the client sent it: percent-encoded, so without control characters.
internal sealed partial class ApiPipeline
{
    [LoggerMessage(1400, LogLevel.Information, "API: {Caller} {Method} {Path}: {Status}")]
    private partial void LogChange(string caller, string method, string? path, int status);

    [LoggerMessage(1401, LogLevel.Error, "API: {Method} {Path} failed")]
    private partial void LogFault(string method, string? path, Exception failure);
}
