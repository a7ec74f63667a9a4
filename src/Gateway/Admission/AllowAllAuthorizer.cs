namespace OrleansBroker.Gateway.Admission;

/// <summary>Everybody may do everything: the broker without an authorization file.</summary>
public sealed class AllowAllAuthorizer : IAuthorizer
{
    private static readonly Everything Permissions = new();

    public ConnectionPermissions For(ClientIdentity identity, string clientId) => Permissions;

    private sealed class Everything : ConnectionPermissions
    {
        public override bool MayPublish(ReadOnlySpan<byte> topic) => true;

        public override bool MaySubscribe(ReadOnlySpan<byte> filter) => true;
    }
}
