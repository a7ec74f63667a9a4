using Azure;
using Npgsql;
using OrleansBroker.Clustering;
using OrleansBroker.Clustering.AzureTables;
using OrleansBroker.Clustering.Postgres;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Opens the <see cref="MembershipTable"/> that the options name, before anything else of the broker is there: it is closed after all that.</summary>
internal static partial class MembershipTables
{
    private const string ConnectionOption = "Broker:Cluster:ConnectionString";

    /// <summary>Null for a node that is alone.</summary>
    /// <exception cref="StartFailedException">The table is out of reach, or of a later program.</exception>
    public static async Task<MembershipTable?> OpenAsync(BrokerOptions options, ILoggerFactory logging)
    {
        var provider = options.Cluster.Provider;
        if (provider == ClusterProvider.Local) return null;
        if (options.Storage.Provider == StorageProvider.Memory) LogMemory(logging.CreateLogger(typeof(MembershipTables)));
        MembershipTable? table = null;
        try
        {
            table = Create(provider, options.ClusterConnectionString!, options.Cluster.Id, logging);
            await table.InitializeMembershipTableAsync(tryInitTableVersion: true, CancellationToken.None);
            var opened = table;
            table = null;
            return opened;
        }
        catch (MembershipRefusedException refused)
        {
            throw new StartFailedException($"{ConnectionOption}: {refused.Message}", refused);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException)
        {
            // Its message may hold a part of the text, which may be the password.
            throw new BadOptionsException($"{ConnectionOption}: this is not a connection string of {NameOf(provider)}, such as {OptionsRules.ExampleOf(provider)}.", unreadable);
        }
        catch (Exception unreachable) when (unreachable is NpgsqlException or RequestFailedException or AggregateException)
        {
            throw new StartFailedException($"{ConnectionOption}: {NameOf(provider)} cannot be used: {unreachable.Message}", unreachable);
        }
        finally
        {
            if (table is not null) await table.DisposeAsync();
        }
    }

    private static MembershipTable Create(ClusterProvider provider, string connectionString, string cluster, ILoggerFactory logging) => provider == ClusterProvider.Postgres
        ? new PostgresMembershipTable(connectionString, cluster, logging.CreateLogger<PostgresMembershipTable>())
        : new AzureTablesMembershipTable(connectionString, cluster, logging.CreateLogger<AzureTablesMembershipTable>());

    private static string NameOf(ClusterProvider provider) => provider == ClusterProvider.Postgres ? "PostgreSQL" : "Azure Tables";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broker:Storage:Provider is Memory in a cluster: each node keeps its own, and when one ends its sessions and retained messages are lost")]
    private static partial void LogMemory(ILogger log);
}
