using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace OrleansBroker.Api.Frame.Access;

/// <summary>Says who makes a request, and whether an endpoint is for them.</summary>
internal sealed class ApiAccess(IApiKeys keys)
{
    private const string Scheme = "Bearer ";
    private const string Challenge = "Bearer realm=\"orleans-broker\"";

    /// <exception cref="ApiProblemException">Not for this caller, or nobody knows who it is.</exception>
    public ApiCaller Admit(HttpContext context, RoleRequirement requirement)
    {
        if (requirement.BeyondLoopback && Loopback.IsLocal(context))
            return ApiCaller.Local;
        var caller = keys.Current is { } table ? Authenticate(context, table) : AdmitLocal(context);
        return caller.May(requirement.AnyOf)
            ? caller
            : throw ApiProblem.Forbidden.Because($"The key {caller.Name} has the role {ApiKeyRecord.Format(caller.Roles)}; this needs {ApiKeyRecord.Format(requirement.AnyOf | ApiRole.Admin)}.");
    }

    private static ApiCaller AdmitLocal(HttpContext context) => Loopback.IsLocal(context)
        ? ApiCaller.Local
        : throw ApiProblem.ForeignHost.Because("This node has no API keys and answers only what is asked on its own machine for a loopback name, as http://127.0.0.1:8080 or http://localhost:8080. "
            + "Give Broker:Http:KeyFile to be asked from elsewhere, through a proxy or by a web page.");

    private static ApiCaller Authenticate(HttpContext context, ApiKeyTable table)
    {
        var headers = context.Request.Headers.Authorization;
        if (headers.Count == 0)
            throw Refuse(context, Challenge, "A key is needed: Authorization: Bearer KEY.");
        if (headers is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw Refuse(context, Challenge, "The Authorization header must be one, and of the form Bearer KEY.");
        string key = header[Scheme.Length..].Trim();
        // What has another length is none, and need not be hashed.
        return key.Length == ApiKey.Length && table.Find(key) is { } record
            ? new(record.Name, record.Roles)
            : throw Refuse(context, $"{Challenge}, error=\"invalid_token\"", "The key is not known.");
    }

    private static ApiProblemException Refuse(HttpContext context, string challenge, string detail)
    {
        context.Response.Headers[HeaderNames.WWWAuthenticate] = challenge;
        return ApiProblem.Unauthorized.Because(detail);
    }
}
