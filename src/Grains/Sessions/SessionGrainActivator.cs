using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// Makes session grains. The container would note in each activation's scope what it made for it, and that it is to be disposed of:
/// a session needs neither, and the notes are larger than the grain.
/// </summary>
internal sealed class SessionGrainActivator(GrainClassMap classes, IServiceProvider provider) : IConfigureGrainTypeComponents, IGrainActivator
{
    private SessionGrainServices? _services;

    public void Configure(GrainType grainType, GrainProperties properties, GrainTypeSharedContext shared)
    {
        ArgumentNullException.ThrowIfNull(shared);
        if (classes.TryGetGrainClass(grainType, out var type) && type == typeof(SessionGrain)) shared.SetComponent<IGrainActivator>(this);
    }

    public object CreateInstance(IGrainContext context) =>
        new SessionGrain(context, _services ??= provider.GetRequiredService<SessionGrainServices>());

    public ValueTask DisposeInstance(IGrainContext context, object instance) => ValueTask.CompletedTask;
}
