using System.Text;
using OrleansBroker.Gateway.Admission;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Authenticator and authorizer in one: everybody may everything but what is named.</summary>
internal sealed class FakeAdmission : ConnectionPermissions, IAuthenticator, IAuthorizer
{
    public AuthenticationResult Result { get; set; } = AuthenticationResult.Allowed(ClientIdentity.Anonymous);

    public TaskCompletionSource? Gate { get; set; }

    public Exception? Failure { get; set; }

    public List<AuthenticationRequest> Requests { get; } = [];

    /// <summary>How often permissions were asked for.</summary>
    public int Lookups { get; private set; }

    public HashSet<string> ForbiddenTopics { get; } = [];

    public HashSet<string> ForbiddenFilters { get; } = [];

    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        if (Gate is not null)
            await Gate.Task.WaitAsync(cancellationToken);
        return Failure is null ? Result : throw Failure;
    }

    public ConnectionPermissions For(ClientIdentity identity, string clientId)
    {
        Lookups++;
        return this;
    }

    public override bool MayPublish(ReadOnlySpan<byte> topic) => ForbiddenTopics.Count == 0 || !ForbiddenTopics.Contains(Encoding.UTF8.GetString(topic));

    public override bool MaySubscribe(ReadOnlySpan<byte> filter) => ForbiddenFilters.Count == 0 || !ForbiddenFilters.Contains(Encoding.UTF8.GetString(filter));
}
