using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Silo.Options.Table;

namespace OrleansBroker.Silo.Options;

/// <summary>What no single option can tell: which values fit together, and which are not built yet.</summary>
internal static class OptionsRules
{
    public static IEnumerable<string> Check(BrokerOptions options) =>
        [.. NotBuilt(options), .. NotHere(options, OperatingSystem.IsLinux()), .. Roles(options), .. Stores(options), .. Clusters(options), .. Sizes(options), .. Leases(options.Timing), .. Otlp(options.Telemetry), .. Exposed(options), .. HttpExposed(options), .. Methods(options), .. NobodyWelcome(options), .. Doubled(options)];

    private static IEnumerable<string> NotBuilt(BrokerOptions options)
    {
        var listeners = options.Listeners;
        (string Name, IReadOnlyList<ListenAddress> Addresses)[] absent =
            [(nameof(listeners.Tls), listeners.Tls), (nameof(listeners.SecureWebSocket), listeners.SecureWebSocket)];
        foreach (var (name, addresses) in absent)
        {
            if (addresses.Count > 0)
                yield return Refuse($"Broker:Listeners:{name}", "this listener is not built yet", "an empty value (off)");
        }
    }

    /// <summary>What this system does not have.</summary>
    public static IEnumerable<string> NotHere(BrokerOptions options, bool isLinux)
    {
        if (options.Listeners.TcpTransport == TcpTransport.Epoll && !isLinux)
            yield return Refuse("Broker:Listeners:TcpTransport", "Epoll is Linux' own, and this system is another", "Auto, Kestrel");
    }

    private static IEnumerable<string> Roles(BrokerOptions options)
    {
        if (options.Cluster.Provider == ClusterProvider.Local && options.Roles != (NodeRoles.Gateway | NodeRoles.Core))
            yield return Refuse("Broker:Roles", $"{options.Roles} alone needs other nodes, and Broker:Cluster:Provider is Local", "Gateway,Core");
    }

    private static IEnumerable<string> Stores(BrokerOptions options)
    {
        if (options.Storage is { Provider: (StorageProvider.Postgres or StorageProvider.AzureTables) and var provider, ConnectionString: null })
            yield return $"Broker:Storage:ConnectionString: Broker:Storage:Provider is {provider}, which needs it. Give one, such as {ExampleOf(provider)}.";
    }

    private static IEnumerable<string> Clusters(BrokerOptions options)
    {
        if (options.Cluster.Provider == ClusterProvider.Local) yield break;
        if (options.Storage.Provider == StorageProvider.Embedded)
            yield return Refuse("Broker:Storage:Provider", $"Embedded is of one node alone, and Broker:Cluster:Provider is {options.Cluster.Provider}", "Postgres, AzureTables, Memory (for tests: a node's end loses what it has)");
        if (options.ClusterConnectionString is null)
            yield return $"Broker:Cluster:ConnectionString: Broker:Cluster:Provider is {options.Cluster.Provider}, which needs it where Broker:Storage:Provider is another. Give one, such as {ExampleOf(options.Cluster.Provider)}.";
        if (options.Cluster.Provider == ClusterProvider.AzureTables && options.Cluster.Id.Any(static letter => letter is '/' or '\\' or '#' or '?' || char.IsControl(letter)))
            yield return Refuse("Broker:Cluster:Id", "Azure Tables takes no /, \\, # or ? in a name", "a name without them");
    }

    /// <summary>A connection string as its membership table reads it.</summary>
    public static string ExampleOf(ClusterProvider provider) =>
        ExampleOf(provider == ClusterProvider.Postgres ? StorageProvider.Postgres : StorageProvider.AzureTables);

    /// <summary>A connection string as its store reads it.</summary>
    public static string ExampleOf(StorageProvider provider) => provider == StorageProvider.Postgres
        ? "Host=db;Username=broker;Password=…;Database=broker"
        : "DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net";

    private static IEnumerable<string> Sizes(BrokerOptions options)
    {
        var limits = options.Limits;
        if (limits.MaxPendingBytes < limits.MaxPacketSize)
            yield return AtLeast(nameof(limits.MaxPendingBytes), limits.MaxPendingBytes, nameof(limits.MaxPacketSize), limits.MaxPacketSize);
        if (limits.MaxGatewayPendingBytes < limits.MaxPendingBytes)
            yield return AtLeast(nameof(limits.MaxGatewayPendingBytes), limits.MaxGatewayPendingBytes, nameof(limits.MaxPendingBytes), limits.MaxPendingBytes);
        if (limits.MaxQueuedBytes < limits.MaxPacketSize)
            yield return AtLeast(nameof(limits.MaxQueuedBytes), limits.MaxQueuedBytes, nameof(limits.MaxPacketSize), limits.MaxPacketSize);
    }

    /// <summary>Two renewals may fail before the lease runs out.</summary>
    private static IEnumerable<string> Leases(TimingOptions timing)
    {
        if (timing.LeaseRenewal * 3 > timing.LeaseValidity)
            yield return $"Broker:Timing:LeaseRenewal: {Values.DurationText.Format(timing.LeaseRenewal)} is more than a third of Broker:Timing:LeaseValidity, {Values.DurationText.Format(timing.LeaseValidity)}. Give a shorter one.";
    }

    private static IEnumerable<string> Otlp(TelemetryOptions telemetry)
    {
        if (telemetry.OtlpEndpoint is { } text && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)))
            yield return $"Broker:Telemetry:OtlpEndpoint: \"{text}\" is no address with http:// or https://. Give one, such as http://127.0.0.1:4317.";
    }

    private static IEnumerable<string> Exposed(BrokerOptions options)
    {
        if (options.Authentication.PasswordFile is not null || options.AllowAnonymous == AnonymousAccess.True)
            yield break;
        foreach (var listener in Listener.All(options))
        {
            if (listener.IsMqtt && !listener.Address.IsLoopback)
                yield return $"{listener.OptionKey}: {listener.Address} is reached from beyond this machine, and no authentication is configured. "
                    + "Give Broker:Authentication:PasswordFile, or say Broker:AllowAnonymous=true, or listen on loopback.";
        }
    }

    private static IEnumerable<string> HttpExposed(BrokerOptions options) => options.Http.KeyFile is not null ? [] : options.Http.Listen
        .Where(address => !address.IsLoopback)
        .Select(address => $"Broker:Http:Listen: {address} is reached from beyond this machine, and the REST API has no keys. "
            + "Give Broker:Http:KeyFile (orleans-broker api-key add FILE NAME --role ROLE makes one), or listen on loopback.");

    private static IEnumerable<string> Methods(BrokerOptions options)
    {
        if (options.Authentication.Methods.Count > 0 && options.Authentication.PasswordFile is null)
            yield return $"Broker:Authentication:Methods: {string.Join(';', options.Authentication.Methods)} needs users. Give Broker:Authentication:PasswordFile, or no method.";
    }

    private static IEnumerable<string> NobodyWelcome(BrokerOptions options)
    {
        if (options.AllowAnonymous == AnonymousAccess.False && options.Authentication.PasswordFile is null)
            yield return "Broker:AllowAnonymous: False without Broker:Authentication:PasswordFile lets nobody in. Give a password file, or another value.";
    }

    private static IEnumerable<string> Doubled(BrokerOptions options) => Listener.All(options)
        .Where(listener => listener.Address.Port != 0)
        .GroupBy(listener => listener.Address)
        .Where(same => same.Count() > 1)
        .Select(same => $"{same.Last().OptionKey}: {same.Key} is given twice ({string.Join(", ", same.Select(listener => listener.OptionKey).Distinct())}). One address serves one listener.");

    private static string Refuse(string key, string reason, string accepts) =>
        $"{key}: {reason}. It accepts {accepts}. Default: {(SettingTable.Find(key)!.Default is { Length: > 0 } text ? text : "none")}.";

    private static string AtLeast(string name, long value, string otherName, long other) =>
        $"Broker:Limits:{name}: {Values.SizeText.Format(value)} is less than Broker:Limits:{otherName}, {Values.SizeText.Format(other)}. It accepts that or more.";
}
