namespace OrleansBroker.Grains.Nodes;

/// <summary>Asks gateways whether they have the connection of a session that an activation knows nothing of.</summary>
internal sealed class HeldClients(ClusterView cluster, NodeClient nodes, RemoteSessions remote)
{
    /// <summary>Any gateway that lives has it. One that cannot be asked may have it.</summary>
    public async Task<bool> IsAnywhereAsync(string clientId)
    {
        if (remote.Holds(clientId)) return true;
        var answers = await Task.WhenAll(cluster.Active.Where(silo => !silo.Equals(cluster.Self)).Select(silo => IsAtAsync(silo, clientId)));
        return Array.Exists(answers, static holds => holds);
    }

    /// <summary>The gateway that a journal names, if it has the connection.</summary>
    /// <param name="gateway">As the store has it; of an older program, or of none, it is nobody.</param>
    public async Task<SiloAddress?> FindAsync(string? gateway, string clientId) =>
        Parse(gateway) is { } silo && cluster.Active.Contains(silo) && await IsAtAsync(silo, clientId) ? silo : null;

    /// <summary>A silo by what stores know it by.</summary>
    public static SiloAddress? Parse(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : SiloAddress.FromParsableString(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private async Task<bool> IsAtAsync(SiloAddress silo, string clientId)
    {
        if (silo.Equals(cluster.Self)) return remote.Holds(clientId);
        try
        {
            return await nodes.For(silo).HoldsAsync(clientId);
        }
        catch (Exception) when (cluster.IsDead(silo))
        {
            return false;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return true;
        }
    }
}
