using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo;

/// <summary>Puts the broker's own parts together: silo, grains, gateway. Everything around them (options, logging, admission, sockets, HTTP, start and
/// stop) is done by <see cref="Hosting.BrokerHost"/>.</summary>
internal static class Composition
{
    /// <summary>Adds silo, grains and gateway. Already there: TimeProvider, the options (<see cref="BrokerOptions"/>, limits and timing), IAuthenticator, IAuthorizer.</summary>
    public static void AddBroker(WebApplicationBuilder builder, BrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
    }

    /// <summary>Sets the connection pipeline of one MQTT TCP address. The sockets are bound before and listen when Kestrel starts, after the silo.</summary>
    public static void ServeTcp(ListenOptions listen) => listen.Use(static _ => static _ => Task.CompletedTask);

    /// <summary>The node's name in the ready line; asked when everything has started.</summary>
    public static string NodeId(IServiceProvider services) => services.GetRequiredService<BrokerOptions>().Cluster.Id;
}
